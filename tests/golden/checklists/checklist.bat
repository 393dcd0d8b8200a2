@echo off
setlocal EnableExtensions DisableDelayedExpansion
rem A deploy checklist, made by incident-runbooks, for the Windows command prompt. To run it: checklist.bat
rem
rem If bash is installed (Git for Windows includes it), it runs the checks: it shows each, asks, runs its
rem command and compares. Without it, this file shows each check and asks whether it holds. The checks are
rem data after the last line of the program; the command prompt never reads them as commands.

set "self=%~f0"
set "folder=%~dp0"
set "codepage="
for /f "tokens=2 delims=:." %%C in ('chcp') do set "codepage=%%C"
chcp 65001 >nul

rem The bash of the Windows Subsystem for Linux is like another computer, which does not know these paths.
set "bash="
for /f "delims=" %%B in ('where bash.exe 2^>nul') do if not defined bash if /i not "%%~dpB"=="%SystemRoot%\System32\" if /i not "%%~dpB"=="%LocalAppData%\Microsoft\WindowsApps\" "%%B" -c "case $(uname -s) in MINGW*|MSYS*|CYGWIN*) ;; *) exit 1 ;; esac" >nul 2>&1 && set "bash=%%B"
for %%B in ("%ProgramFiles%\Git\bin\bash.exe" "%ProgramFiles(x86)%\Git\bin\bash.exe" "%LocalAppData%\Programs\Git\bin\bash.exe") do if not defined bash if exist %%B set "bash=%%~B"
if not defined bash goto by_hand

set "RUNBOOKS_CHECKLIST_FOLDER=%folder%"
set "RUNBOOKS_CHECKLIST_BAT=%self%"
set "RUNBOOKS_CHECKLIST_SH=%TEMP%\runbooks-checklist-%RANDOM%-%RANDOM%.sh"
"%bash%" -c "set -f; IFS=; sed -n 's/^sh| //p' <$RUNBOOKS_CHECKLIST_BAT | tr -d '\015' >$RUNBOOKS_CHECKLIST_SH && exec $BASH $RUNBOOKS_CHECKLIST_SH $@" bash %*
set "code=%errorlevel%"
del /q "%RUNBOOKS_CHECKLIST_SH%" >nul 2>&1
goto done

:by_hand
set "code=2"
if not "%~1"=="" echo bash is not installed; without bash, this script takes no options.
if not "%~1"=="" goto done
set "code=1"
set "stamp="
for /f "delims=" %%T in ('powershell -NoProfile -Command "[DateTime]::UtcNow.ToString('yyyyMMddTHHmmssZ')" 2^>nul') do set "stamp=%%T"
if not defined stamp set "stamp=%date%-%time%"
set "stamp=%stamp:/=-%"
set "stamp=%stamp::=%"
set "stamp=%stamp: =0%"
set "stamp=%stamp:,=-%"
set "stamp=%stamp:.=-%"
set "log=%folder%checklist-%stamp%.log"
if exist "%log%" echo A log of this second already exists. Nothing was done. Try again.
if exist "%log%" goto done
2>nul >"%log%" echo Deploy checklist
if not exist "%log%" echo Cannot write the log beside this script. Nothing was done. Copy the script to a folder that you can write.
if not exist "%log%" goto done

set "passed=0"
set "empty=0"
call :show about
echo(
echo bash is not installed. The commands are for a POSIX shell, such as the one of Git for Windows: run
echo each command in such a shell, and answer here whether the check holds. This script runs nothing.
call :show before
call :check 1 blocking
if errorlevel 1 goto stopped
call :check 2 advisory
if errorlevel 1 goto stopped
call :show during
call :check 3 blocking
if errorlevel 1 goto stopped
call :show rollback
call :rolling_back
if errorlevel 2 goto stopped
if errorlevel 1 goto finished
call :check 4 blocking
if errorlevel 1 goto stopped

:finished
set "code=0"
call :say "Nothing blocks the deploy."

:stopped
if not "%code%"=="0" call :say "STOPPED: the deploy must not go on."
call :say "%passed% of 4 checks passed."
echo Log: "%log%"

:done
if defined codepage chcp %codepage% >nul
exit /b %code%

rem -- functions ---------------------------------------------------------------------------------------

rem Shows the lines of data that begin with a name, and adds them to the log.
:show
echo(
>>"%log%" echo(
for /f "usebackq skip=179 tokens=1* delims=|" %%A in ("%self%") do if "%%A"=="%~1" echo(%%B
for /f "usebackq skip=179 tokens=1* delims=|" %%A in ("%self%") do if "%%A"=="%~1" >>"%log%" echo(%%B
exit /b 0

:say
echo %~1
>>"%log%" echo %~1
exit /b 0

rem Shows a check and asks whether it holds. The exit code is 1 if the deploy must not go on. Answers are
rem only read by delayed expansion, which runs nothing.
:check
call :show %~1
:ask
set "answer="
set /p "answer=Does it hold? [y]es, [n]o, [s]kip, [q]uit: "
if not defined answer goto no_answer
set "empty=0"
setlocal EnableDelayedExpansion
>>"!log!" echo(Does it hold? !answer!
if /i "!answer!"=="y" endlocal & goto holds
if /i "!answer!"=="yes" endlocal & goto holds
if /i "!answer!"=="n" endlocal & goto fails
if /i "!answer!"=="no" endlocal & goto fails
if /i "!answer!"=="s" endlocal & goto skip
if /i "!answer!"=="skip" endlocal & goto skip
if /i "!answer!"=="q" endlocal & exit /b 1
if /i "!answer!"=="quit" endlocal & exit /b 1
endlocal
echo Answer with y, n, s or q.
goto ask

:no_answer
rem The end of the input and an empty line look the same here.
set /a empty+=1
if %empty% geq 5 call :say "No answer."
if %empty% geq 5 exit /b 1
goto ask

:holds
set /a passed+=1
call :say "PASSED"
exit /b 0

:fails
call :say "FAILED"
if "%~2"=="advisory" call :say "It is advisory: the deploy may go on."
if "%~2"=="advisory" exit /b 0
call :show undo%~1
exit /b 1

:skip
set "reason="
set /p "reason=Why is it skipped? "
if not defined reason goto no_reason
setlocal EnableDelayedExpansion
set "left=!reason: =!"
if not defined left endlocal & goto no_reason
>>"!log!" echo(SKIPPED: !reason!
endlocal
set "empty=0"
echo SKIPPED
exit /b 0

:no_reason
set /a empty+=1
if %empty% geq 5 call :say "No answer."
if %empty% geq 5 exit /b 1
echo A skip needs a reason.
goto skip

rem The exit code is 1 if this is not a rollback, and 2 if nobody answers.
:rolling_back
set "answer="
set /p "answer=These checks are for a rollback. Are you rolling back? [y]es, [n]o: "
if not defined answer goto no_rolling
set "empty=0"
setlocal EnableDelayedExpansion
if /i "!answer!"=="y" exit /b 0
if /i "!answer!"=="yes" exit /b 0
if /i "!answer!"=="n" exit /b 1
if /i "!answer!"=="no" exit /b 1
endlocal
goto rolling_back

:no_rolling
set /a empty+=1
if %empty% geq 5 exit /b 2
goto rolling_back

rem -- the end of the program; the rest is data, which never runs -----------------------------------------
about| changed since v1.2 (12 files)
about| 4 checks: 3 blocking, 1 advisory.
about| Revision 0123456789ab.
about| Not all checks are known: these incidents have errors: broken-one.
before| == Before the deploy ==
during| == During the deploy ==
rollback| == When rolling back ==
1| [1 of 4] The `users` table is there, see https://example.com/a
1|   check: an-incident/one, blocking
1|   why: A title (SEV2, 2026-01-01): a/b.sql matches a/**.
1|   needs: psql; read access
1|   set first: URL: The address; see `mkdocs.yml`
1|   command:
1|       export TABLE='it'\''s "; rm -rf ~'
1|       export BACKEND='backend'
1|       export TOOLS='incidents/an-incident/tools'
1|       { : "${URL:?fill in URL}"
1|       psql "$URL" -v t="$TABLE" <<'SQL'
1|       SELECT '%PATH%' FROM :"t";
1|       SQL
1|       "$TOOLS/x" "$BACKEND"
1|       }
1|   risk: read-only
1|   expect: exit code 0; output contains a & b; output contains <script>; output matches ^\d+ rows?$; output matches a$b; some output
undo1|   to undo: Put it back
undo1|   with:
undo1|       { : "${URL:?fill in URL}"
undo1|       psql "$URL"
undo1|       }
undo1|   runbook: https://runbooks.example.com/incidents/an-incident/
2| [2 of 4] It holds
2|   check: an-incident/clean, advisory
2|   why: A title (SEV2, 2026-01-01): a/b.sql matches a/**.
2|   command: rm -rf build
2|   risk: destructive
2|   expect: exit code 0
undo2|   runbook: https://runbooks.example.com/incidents/an-incident/
3| [3 of 4] It holds
3|   check: an-incident/look, blocking
3|   why: A title (SEV2, 2026-01-01): a/b.sql matches a/**.
3|   expect: The queue is empty
undo3|   runbook: https://runbooks.example.com/incidents/an-incident/
4| [4 of 4] It holds
4|   check: an-incident/odd, blocking
4|   why: A title (SEV2, 2026-01-01): a/b.sql matches a/**.
4|   command: echo \x1b[31m\u202e
4|   risk: risk not declared
undo4|   runbook: https://runbooks.example.com/incidents/an-incident/
