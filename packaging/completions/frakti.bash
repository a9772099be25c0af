# Completions of frakti for bash; put them into /etc/bash_completion.d/frakti
_frakti() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= word flags words
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) command=$word; break ;; esac
  done
  case $prev in
    --config | --auth-file | --listen) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --output | -o) COMPREPLY=($(compgen -W "table json" -- "$cur")); return ;;
    --handler) COMPREPLY=($(compgen -W "docker qemu hyperd hypervisor" -- "$cur")); return ;;
  esac
  case $command in
    serve) flags="--config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="" ;;
    check) flags="--config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="" ;;
    pods) flags="--all --namespace --output --quiet --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="" ;;
    ps) flags="--all --pod --output --quiet --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="" ;;
    images) flags="--output --quiet --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="" ;;
    pull) flags="--handler --auth-file --quiet --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="" ;;
    logs) flags="--follow --tail --since --timestamps --previous --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="$(frakti ps --all --quiet 2>/dev/null)" ;;
    exec) flags="--stdin --tty --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="$(frakti ps --quiet 2>/dev/null)" ;;
    stop) flags="--all --remove --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="$(frakti pods --all --quiet 2>/dev/null)" ;;
    completions) flags="--config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="bash zsh fish" ;;
    version) flags="--config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="" ;;
    *) flags="--config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="serve check pods ps images pull logs exec stop completions version" ;;
  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
}
complete -F _frakti frakti
