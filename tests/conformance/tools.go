//go:build tools

// Package tools pins the official CRI client and test suite, which the tests use as they are.
package tools

import (
	_ "sigs.k8s.io/cri-tools/cmd/crictl"
	// What the test binary of cmd/critest imports.
	_ "sigs.k8s.io/cri-tools/pkg/benchmark"
	_ "sigs.k8s.io/cri-tools/pkg/validate"
)
