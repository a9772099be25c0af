# Completions of frakti for fish; put them into ~/.config/fish/completions/frakti.fish
# The words before the cursor that are no flags and no values of flags.
function __frakti_words
    set -l words
    set -l skip 0
    for token in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch "$words[1]:$token"
            case '*:--config' '*:--listen' '*:--root-directory' '*:--state-directory' '*:--hypervisor' '*:--cpu' '*:--memory' '*:--docker-endpoint' '*:--cgroup-driver' '*:--pause-image' '*:--cni-net-dir' '*:--cni-plugin-dir' '*:--log-level' '*:--log-format' 'pods:--namespace' 'pods:-n' 'pods:--output' 'pods:-o' 'ps:--pod' 'ps:-p' 'ps:--output' 'ps:-o' 'images:--output' 'images:-o' 'pull:--handler' 'pull:--auth-file' 'logs:--tail' 'logs:--since'
                set skip 1
            case '*:-*'
            case '*'
                set -a words $token
        end
    end
    string join -- \n $words
end
# COMMAND [COUNT]: is it the command, with fewer than COUNT words behind it?
function __frakti_at
    set -l words (__frakti_words)
    test "$words[1]" = "$argv[1]"; or return
    test -z "$argv[2]"; or test (count $words) -le $argv[2]
end
# Does the line go on with another program's words?
function __frakti_passes
    set -l words (__frakti_words)
    test "$words[1]" = exec; and test (count $words) -gt 1
end
complete -c frakti -f
complete -c frakti -n '__frakti_at ""' -a serve -d 'serve the kubelet (the default)'
complete -c frakti -n '__frakti_at ""' -a check -d 'tell what on this node is fine, missing or wrong'
complete -c frakti -n '__frakti_at ""' -a pods -d 'list the pods, with the engine that runs each'
complete -c frakti -n '__frakti_at pods' -l all -s a -d 'also those that are not ready'
complete -c frakti -n '__frakti_at pods' -l namespace -s n -x -d 'only those of a Kubernetes namespace'
complete -c frakti -n '__frakti_at pods' -l output -s o -x -a 'table json' -d 'table or json (table)'
complete -c frakti -n '__frakti_at pods' -l quiet -s q -d 'print ids only'
complete -c frakti -n '__frakti_at ""' -a ps -d 'list the containers'
complete -c frakti -n '__frakti_at ps' -l all -s a -d 'also those that do not run'
complete -c frakti -n '__frakti_at ps' -l pod -s p -x -d 'only those of a pod: its name or the beginning of its id'
complete -c frakti -n '__frakti_at ps' -l output -s o -x -a 'table json' -d 'table or json (table)'
complete -c frakti -n '__frakti_at ps' -l quiet -s q -d 'print ids only'
complete -c frakti -n '__frakti_at ""' -a images -d 'list the images'
complete -c frakti -n '__frakti_at images' -l output -s o -x -a 'table json' -d 'table or json (table)'
complete -c frakti -n '__frakti_at images' -l quiet -s q -d 'print ids only'
complete -c frakti -n '__frakti_at ""' -a pull -d 'pull an image from its registry'
complete -c frakti -n '__frakti_at pull' -l handler -x -a 'docker qemu hyperd hypervisor' -d 'for pods of this runtime handler (those that name none)'
complete -c frakti -n '__frakti_at pull' -l auth-file -r -F -d 'credentials as "docker login" writes them'
complete -c frakti -n '__frakti_at pull' -l quiet -s q -d 'print the id only'
complete -c frakti -n '__frakti_at ""' -a logs -d 'print what a container wrote'
complete -c frakti -n '__frakti_at logs 1' -a '(frakti ps --all --quiet 2>/dev/null)'
complete -c frakti -n '__frakti_at logs' -l follow -s f -d 'go on until the container ends'
complete -c frakti -n '__frakti_at logs' -l tail -x -d 'only the last lines'
complete -c frakti -n '__frakti_at logs' -l since -x -d 'only lines since then: 10m, 3h, 2026-01-31T12:00:00Z'
complete -c frakti -n '__frakti_at logs' -l timestamps -s t -d 'with the time of each line'
complete -c frakti -n '__frakti_at logs' -l previous -s p -d 'of the attempt before'
complete -c frakti -n '__frakti_at ""' -a exec -d 'run a command in a container'
complete -c frakti -n '__frakti_at exec 1' -a '(frakti ps --quiet 2>/dev/null)'
complete -c frakti -n '__frakti_at exec 1' -l stdin -s i -d 'hand over standard input'
complete -c frakti -n '__frakti_at exec 1' -l tty -s t -d 'with a terminal'
complete -c frakti -n '__frakti_at ""' -a stop -d 'stop pods; a kubelet that runs starts its own again'
complete -c frakti -n '__frakti_at stop' -a '(frakti pods --all --quiet 2>/dev/null)'
complete -c frakti -n '__frakti_at stop' -l all -d 'every pod of the node'
complete -c frakti -n '__frakti_at stop' -l remove -d 'and remove them'
complete -c frakti -n '__frakti_at ""' -a completions -d 'print what makes bash, zsh or fish complete these'
complete -c frakti -n '__frakti_at completions 1' -a 'bash zsh fish'
complete -c frakti -n '__frakti_at ""' -a version -d 'print the version'
complete -c frakti -n 'not __frakti_passes' -l config -r -F -d 'configuration file (/etc/frakti/config.yaml)'
complete -c frakti -n 'not __frakti_passes' -l listen -r -F -d 'socket for the kubelet (/run/frakti.sock)'
complete -c frakti -n 'not __frakti_passes' -l root-directory -r -F -d 'what survives a reboot (/var/lib/frakti)'
complete -c frakti -n 'not __frakti_passes' -l state-directory -r -F -d 'what does not (/run/frakti)'
complete -c frakti -n 'not __frakti_passes' -l hypervisor -x -a 'qemu hyperd none' -d 'engine of ordinary pods: qemu, hyperd or none (qemu)'
complete -c frakti -n 'not __frakti_passes' -l cpu -x -d 'vCPUs of a pod without limits (1)'
complete -c frakti -n 'not __frakti_passes' -l memory -x -d 'memory of a pod without limits (64)'
complete -c frakti -n 'not __frakti_passes' -l docker-endpoint -r -F -d 'Docker Engine (unix:///var/run/docker.sock)'
complete -c frakti -n 'not __frakti_passes' -l cgroup-driver -x -a 'auto cgroupfs systemd' -d 'auto, cgroupfs or systemd (auto)'
complete -c frakti -n 'not __frakti_passes' -l pause-image -x -d 'image of a Docker pod’s sandbox (registry.k8s.io/pause:3.10)'
complete -c frakti -n 'not __frakti_passes' -l cni-net-dir -r -F -d 'CNI network configurations (/etc/cni/net.d)'
complete -c frakti -n 'not __frakti_passes' -l cni-plugin-dir -r -F -d 'CNI plugins, split by colons (/opt/cni/bin:/usr/lib/cni)'
complete -c frakti -n 'not __frakti_passes' -l log-level -x -a 'debug info warn error' -d 'debug, info, warn or error (info)'
complete -c frakti -n 'not __frakti_passes' -l log-format -x -a 'text json' -d 'text or json (text)'
complete -c frakti -n 'not __frakti_passes' -l json -d 'print the result of check as JSON'
complete -c frakti -n 'not __frakti_passes' -l help -d 'print this and exit'
complete -c frakti -n 'not __frakti_passes' -l version -d 'print the version and exit'
