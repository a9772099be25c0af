#compdef frakti
# Completions of frakti for zsh; put them as _frakti into a directory of $fpath
_frakti() {
  local curcontext=$curcontext context state state_descr line
  typeset -A opt_args
  local -a commands=(
    'serve:serve the kubelet (the default)'
    'check:tell what on this node is fine, missing or wrong'
    'pods:list the pods, with the engine that runs each'
    'ps:list the containers'
    'images:list the images'
    'pull:pull an image from its registry'
    'logs:print what a container wrote'
    'exec:run a command in a container'
    'stop:stop pods; a kubelet that runs starts its own again'
    'completions:print what makes bash, zsh or fish complete these'
    'version:print the version'
  )
  local -a flags=(
    '--config=[configuration file (/etc/frakti/config.yaml)]:FILE:_files'
    '--listen=[socket for the kubelet (/run/frakti.sock)]:SOCKET:_files'
    '--root-directory=[what survives a reboot (/var/lib/frakti)]:DIR:_files'
    '--state-directory=[what does not (/run/frakti)]:DIR:_files'
    '--hypervisor=[engine of ordinary pods: qemu, hyperd or none (qemu)]:ENGINE:(qemu hyperd none)'
    '--cpu=[vCPUs of a pod without limits (1)]:N:'
    '--memory=[memory of a pod without limits (64)]:MB:'
    '--docker-endpoint=[Docker Engine (unix:///var/run/docker.sock)]:SOCKET:_files'
    '--cgroup-driver=[auto, cgroupfs or systemd (auto)]:NAME:(auto cgroupfs systemd)'
    '--pause-image=[image of a Docker pod’s sandbox (registry.k8s.io/pause:3.10)]:IMAGE:'
    '--cni-net-dir=[CNI network configurations (/etc/cni/net.d)]:DIR:_files'
    '--cni-plugin-dir=[CNI plugins, split by colons (/opt/cni/bin:/usr/lib/cni)]:DIRS:_files'
    '--log-level=[debug, info, warn or error (info)]:LEVEL:(debug info warn error)'
    '--log-format=[text or json (text)]:FORMAT:(text json)'
    '--json[print the result of check as JSON]'
    '--help[print this and exit]'
    '--version[print the version and exit]'
  )
  # Flags behind the command are the business of the second call.
  _arguments -s -C : $flags '(-)1:command:->command' '(-)*::argument:->argument' && return
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
        serve) _arguments -s : $flags  ;;
        check) _arguments -s : $flags  ;;
        pods) _arguments -s : $flags '(--all -a)--all[also those that are not ready]' '(--all -a)-a[also those that are not ready]' '(--namespace -n)--namespace=[only those of a Kubernetes namespace]:NAME:' '(--namespace -n)-n[only those of a Kubernetes namespace]:NAME:' '(--output -o)--output=[table or json (table)]:FORM:(table json)' '(--output -o)-o[table or json (table)]:FORM:(table json)' '(--quiet -q)--quiet[print ids only]' '(--quiet -q)-q[print ids only]' ;;
        ps) _arguments -s : $flags '(--all -a)--all[also those that do not run]' '(--all -a)-a[also those that do not run]' '(--pod -p)--pod=[only those of a pod: its name or the beginning of its id]:POD:' '(--pod -p)-p[only those of a pod: its name or the beginning of its id]:POD:' '(--output -o)--output=[table or json (table)]:FORM:(table json)' '(--output -o)-o[table or json (table)]:FORM:(table json)' '(--quiet -q)--quiet[print ids only]' '(--quiet -q)-q[print ids only]' ;;
        images) _arguments -s : $flags '(--output -o)--output=[table or json (table)]:FORM:(table json)' '(--output -o)-o[table or json (table)]:FORM:(table json)' '(--quiet -q)--quiet[print ids only]' '(--quiet -q)-q[print ids only]' ;;
        pull) _arguments -s : $flags '--handler=[for pods of this runtime handler (those that name none)]:NAME:(docker qemu hyperd hypervisor)' '--auth-file=[credentials as "docker login" writes them]:FILE:_files' '(--quiet -q)--quiet[print the id only]' '(--quiet -q)-q[print the id only]' '1:name:' ;;
        logs) _arguments -s : $flags '(--follow -f)--follow[go on until the container ends]' '(--follow -f)-f[go on until the container ends]' '--tail=[only the last lines]:N:' '--since=[only lines since then: 10m, 3h, 2026-01-31T12:00:00Z]:TIME:' '(--timestamps -t)--timestamps[with the time of each line]' '(--timestamps -t)-t[with the time of each line]' '(--previous -p)--previous[of the attempt before]' '(--previous -p)-p[of the attempt before]' '1:name:($(frakti ps --all --quiet 2>/dev/null))' ;;
        exec) _arguments -s : $flags '(--stdin -i)--stdin[hand over standard input]' '(--stdin -i)-i[hand over standard input]' '(--tty -t)--tty[with a terminal]' '(--tty -t)-t[with a terminal]' '1:name:($(frakti ps --quiet 2>/dev/null))' '(-)*::command:' ;;
        stop) _arguments -s : $flags '--all[every pod of the node]' '--remove[and remove them]' '*:name:($(frakti pods --all --quiet 2>/dev/null))' ;;
        completions) _arguments -s : $flags '1:name:(bash zsh fish)' ;;
        version) _arguments -s : $flags  ;;
        *) false ;;
      esac ;;
    *) false ;;
  esac
}
if [ "$funcstack[1]" = "_frakti" ]; then _frakti "$@"; else compdef _frakti frakti; fi
