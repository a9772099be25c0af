# Completions of frakti for bash; put them into /etc/bash_completion.d/frakti
_frakti() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local command= count=0 skip= word flags= words=
  COMPREPLY=()
  # Readline makes words of their own of "=" and of what stands behind it.
  if [[ $cur == "=" ]]; then cur=
  elif [[ $prev == "=" ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word == "=" ]]; then skip=1
    elif [[ -n $skip ]]; then skip=
    elif [[ $word == -* ]]; then
      case $command:$word in
        *:--config | *:--listen | *:--root-directory | *:--state-directory | *:--hypervisor | *:--cpu | *:--memory | *:--docker-endpoint | *:--cgroup-driver | *:--pause-image | *:--cni-net-dir | *:--cni-plugin-dir | *:--log-level | *:--log-format | pods:--namespace | pods:-n | pods:--output | pods:-o | ps:--pod | ps:-p | ps:--output | ps:-o | images:--output | images:-o | pull:--handler | pull:--auth-file | logs:--tail | logs:--since) skip=1 ;;
      esac
    elif [[ -z $command ]]; then command=$word
    else ((count += 1))
    fi
  done
  case $command in
    serve) flags="--config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version" ;;
    check) flags="--config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version" ;;
    pods) flags="--all --namespace --output --quiet --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version" ;;
    ps) flags="--all --pod --output --quiet --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version" ;;
    images) flags="--output --quiet --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version" ;;
    pull) flags="--handler --auth-file --quiet --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version" ;;
    logs) flags="--follow --tail --since --timestamps --previous --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; ((count >= 1)) || words="$(frakti ps --all --quiet 2>/dev/null)" ;;
    exec) ((count < 1)) || return 0; flags="--stdin --tty --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; ((count >= 1)) || words="$(frakti ps --quiet 2>/dev/null)" ;;
    stop) flags="--all --remove --config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="$(frakti pods --all --quiet 2>/dev/null)" ;;
    completions) flags="--config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; ((count >= 1)) || words="bash zsh fish" ;;
    version) flags="--config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version" ;;
    "") flags="--config --listen --root-directory --state-directory --hypervisor --cpu --memory --docker-endpoint --cgroup-driver --pause-image --cni-net-dir --cni-plugin-dir --log-level --log-format --json --help --version"; words="serve check pods ps images pull logs exec stop completions version" ;;
  esac
  case $command:$prev in
    *:--config | *:--listen | *:--root-directory | *:--state-directory | *:--docker-endpoint | *:--cni-net-dir | *:--cni-plugin-dir | pull:--auth-file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      return 0 ;;
    *:--hypervisor) COMPREPLY=($(compgen -W "qemu hyperd none" -- "$cur")); return 0 ;;
    *:--cgroup-driver) COMPREPLY=($(compgen -W "auto cgroupfs systemd" -- "$cur")); return 0 ;;
    *:--log-level) COMPREPLY=($(compgen -W "debug info warn error" -- "$cur")); return 0 ;;
    *:--log-format) COMPREPLY=($(compgen -W "text json" -- "$cur")); return 0 ;;
    pods:--output | pods:-o | ps:--output | ps:-o | images:--output | images:-o) COMPREPLY=($(compgen -W "table json" -- "$cur")); return 0 ;;
    pull:--handler) COMPREPLY=($(compgen -W "docker qemu hyperd hypervisor" -- "$cur")); return 0 ;;
    *:--config | *:--listen | *:--root-directory | *:--state-directory | *:--hypervisor | *:--cpu | *:--memory | *:--docker-endpoint | *:--cgroup-driver | *:--pause-image | *:--cni-net-dir | *:--cni-plugin-dir | *:--log-level | *:--log-format | pods:--namespace | pods:-n | pods:--output | pods:-o | ps:--pod | ps:-p | ps:--output | ps:-o | images:--output | images:-o | pull:--handler | pull:--auth-file | logs:--tail | logs:--since) return 0 ;;
  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
}
complete -F _frakti frakti
