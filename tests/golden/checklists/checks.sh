# -- The checks ------------------------------------------------------------------------------------

readonly total='4'
open_log
say '' "$(date -u +%Y-%m-%dT%H:%M:%SZ), by $(id -un 2>/dev/null) in $PWD"
say '' 'Deploy checklist'
say '' 'changed since v1.2 (12 files)'
say '' '4 checks: 3 blocking, 1 advisory.'
say '' 'Revision 0123456789ab.'
say '' 'Not all checks are known: these incidents have errors: broken-one.'

new_check
id='an-incident/one'
phase='before'
phase_title='Before the deploy'
level='blocking'
says='The `users` table is there, see https://example.com/a'
because='A title (SEV2, 2026-01-01): a/b.sql matches a/**.'
runbook='https://runbooks.example.com/incidents/an-incident/'
needs='psql; read access'
expect='exit code 0; output contains a & b; output contains <script>; output matches ^\d+ rows?$; output matches a$b; some output'
rollback='Put it back'
undo='psql "$URL"'
risk='read-only'
command='psql "$URL" -v t="$TABLE" <<'\''SQL'\''
SELECT '\''%PATH%'\'' FROM :"t";
SQL
"$TOOLS/x" "$BACKEND"'
limit='90'
wanted_exit='0'
wanted_empty='no'
contains+=('a & b')
contains+=('<script>')
matches+=($'(^|\012)[0-9]+ rows?(\012|$)')
expressions+=('^\d+ rows?$')
questions+=('Expected: the output matches a$b -')
given TABLE 'it'\''s "; rm -rf ~'
needed URL 'The address; see `mkdocs.yml`' 'https://example.com'
default BACKEND 'backend'
default_path TOOLS 'incidents/an-incident/tools' 'The tools'
walk

new_check
id='an-incident/clean'
phase='before'
phase_title='Before the deploy'
level='advisory'
says='It holds'
because='A title (SEV2, 2026-01-01): a/b.sql matches a/**.'
runbook='https://runbooks.example.com/incidents/an-incident/'
expect='exit code 0'
risk='destructive'
command='rm -rf build'
wanted_exit='0'
walk

new_check
id='an-incident/look'
phase='during'
phase_title='During the deploy'
level='blocking'
says='It holds'
because='A title (SEV2, 2026-01-01): a/b.sql matches a/**.'
runbook='https://runbooks.example.com/incidents/an-incident/'
expect='The queue is empty'
walk

new_check
id='an-incident/odd'
phase='rollback'
phase_title='When rolling back'
level='blocking'
says='It holds'
because='A title (SEV2, 2026-01-01): a/b.sql matches a/**.'
runbook='https://runbooks.example.com/incidents/an-incident/'
risk=''
command='echo '$'\033''[31m'$'\342\200\256'
questions+=('Expected: what the check says.')
walk

[ "$walked" -eq "$settled" ] || stop 'A check has no result.'
say '' ''
say '' 'Nothing blocks the deploy.'
summary
exit 0
