# bash completion for cal_exporter. It parses --help, so it knows every option.

# The option "NAME VALUE" lines of a help text; a VALUE of several words is "a|b|c".
_cal_exporter_options() {
  "$@" --help 2>/dev/null | sed -n 's/^  \(-[^ ]*\)\( [^ ]\+\)\?.*/\1\2/p' | sed 's/^-h,//'
}

_cal_exporter() {
  local program=$1 current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local commands command='' options word value
  commands=$("$program" --help 2>/dev/null | sed -n '/^Subcommands:/,$s/^  \([a-z-]\+\) .*/\1/p')
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ -n $word && " ${commands//$'\n'/ } " == *" $word "* ]] && command=$word
  done
  options=$(
    _cal_exporter_options "$program"
    [ -z "$command" ] || _cal_exporter_options "$program" "$command"
  )

  value=$(awk -v option="$previous" '$1 == option { print $2 }' <<<"$options")
  case $value in
    *\|*) mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$current") ;;
    FILE* | FOLDER*)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    ?*) COMPREPLY=() ;;
    *)
      [[ $current == -* || -n $command ]] && commands=''
      mapfile -t COMPREPLY < <(compgen -W "$commands $(awk '{ print $1 }' <<<"$options")" -- "$current")
      ;;
  esac
}
complete -F _cal_exporter cal_exporter
