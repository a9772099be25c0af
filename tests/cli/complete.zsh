# What zsh offers when TAB is pressed: types a line into an interactive zsh on a terminal of its own
# and prints what the completion adds. `zsh -f complete.zsh DIRECTORY LINE`, where DIRECTORY holds
# `_frakti` and is written to.
emulate -R zsh
zmodload zsh/zpty

dir=$1
cat >$dir/.zshrc <<'RC'
PS1=
fpath=($ZDOTDIR $fpath)
autoload -Uz compinit && compinit -u -D
# Functions come before builtins: what is added is written down on its way.
compadd() {
  local -a found
  # With -O, -A or -D nothing is added, words are only looked at.
  if (( ! ${argv[(I)-[OAD]]} )); then
    builtin compadd -O found "$@"
    (( $#found )) && print -rl -- $found >>$ZDOTDIR/offered
  fi
  builtin compadd "$@"
}
offer() { _main_complete 2>>$ZDOTDIR/errors; : >$ZDOTDIR/done }
zle -C offer list-choices offer
bindkey '^I' offer
# Only when the line editor has the terminal is a TAB a TAB.
zle-line-init() { zle -R; print -n READY }
zle -N zle-line-init
RC
: >$dir/offered >$dir/errors
rm -f $dir/done
zpty offers "exec env ZDOTDIR=${(q)dir} TERM=dumb zsh -d -i"
zpty -r offers output '*READY*' || { print -u2 "zsh did not start: $output"; exit 1 }
zpty -w -n offers "$2"$'\t'
for (( tries = 0; tries < 500; tries++ )); do
  [[ -e $dir/done ]] && break
  zpty -r -t offers output # What it draws must go somewhere.
  sleep 0.02
done
zpty -d offers
[[ -e $dir/done ]] || { print -u2 "zsh did not complete: $2"; exit 1 }
[[ -s $dir/errors ]] && { cat $dir/errors >&2; exit 1 }
cat $dir/offered
