#!/usr/bin/env bash
# The installer against a machine made of stubs: dpkg-query, apt-get, sudo and systemctl come from $work/bin, the guards
# live under $work/root.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

install=$repository/scripts/install-packages
all_packages() { sed -e 's/#.*//' -e '/^$/d' "$repository"/scripts/packages/{build,test}.txt; }

stub() {
  cat >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}

# The packages in $work/installed are there. apt-get records what it sees of the guards, then installs what is asked.
make_machine() {
  mkdir -p "$work/bin" "$work/root/usr/sbin" "$work/root/etc"
  all_packages >"$work/installed"
  stub dpkg-query <<EOF
#!/bin/bash
shift 3
for package; do if grep -qx -- "\$package" "$work/installed"; then echo "\$package installed"; fi; done
EOF
  stub apt-get <<EOF
#!/bin/bash
echo "\$*" >>"$work/apt-calls"
case "\$*" in *" install "*) ;; *) exit 0 ;; esac
"$work/root/usr/sbin/policy-rc.d" postgresql start; echo "policy \$?" >>"$work/seen"
"$work/root/usr/sbin/policy-rc.d" ssh restart; echo "policy of a running service \$?" >>"$work/seen"
grep -h create_main_cluster "$work"/root/etc/postgresql-common/createcluster.d/*.conf >>"$work/seen"
if [[ -e "$work/apt-hook" ]]; then source "$work/apt-hook"; fi
for word; do case \$word in -* | install | update) ;; *) echo "\$word" >>"$work/installed" ;; esac; done
EOF
  stub systemctl <<<'#!/bin/sh
echo "ssh.service loaded active running OpenBSD Secure Shell server"'
  stub sudo <<EOF
#!/bin/bash
echo "\$*" >>"$work/sudo-calls"
exec "\$@"
EOF
}

run_installer() { PATH=$work/bin:$PATH INNKEEPER_INSTALL_ROOT=$work/root "$install" "$@" 2>&1; }
forget() { sed -i "/^$1\$/d" "$work/installed"; }

leftovers() { (cd "$work/root" && find . -path ./run -prune -o ! -type d -print | sort); }

test_nothing_missing_means_no_apt_no_sudo_no_word() {
  make_machine
  expect_equal "$(run_installer build test)" ""
  [[ ! -e $work/apt-calls && ! -e $work/sudo-calls ]]
}

test_only_what_is_missing_is_installed_and_the_second_run_is_silent() {
  make_machine
  forget mold
  forget jq
  expect_contains "$(run_installer build test)" "installing 2 packages from Debian: jq mold"
  expect_contains "$(tail -n 1 "$work/apt-calls")" "install -y --no-install-recommends jq mold"
  expect_equal "$(run_installer build test)" ""
}

test_a_list_that_was_not_asked_for_is_not_installed() {
  make_machine
  forget jq
  expect_equal "$(run_installer build)" ""
}

test_while_apt_runs_services_stay_down_and_no_cluster_is_made() {
  make_machine
  forget mold
  run_installer build
  expect_equal "$(cat "$work/seen")" "policy 101
policy of a running service 0
create_main_cluster = false"
  expect_equal "$(leftovers)" ""
}

test_the_previous_policy_is_put_back_and_asked_about_running_services() {
  make_machine
  forget mold
  printf '#!/bin/sh\nexit 104\n' >"$work/root/usr/sbin/policy-rc.d"
  chmod +x "$work/root/usr/sbin/policy-rc.d"
  run_installer build
  expect_contains "$(cat "$work/seen")" "policy of a running service 104"
  expect_equal "$(cat "$work/root/usr/sbin/policy-rc.d")" "#!/bin/sh
exit 104"
  expect_equal "$(leftovers)" "./usr/sbin/policy-rc.d"
}

test_a_configuration_without_the_drop_in_folder_gets_the_line_and_loses_it_again() {
  make_machine
  forget mold
  mkdir -p "$work/root/etc/postgresql-common"
  config=$work/root/etc/postgresql-common/createcluster.conf
  echo 'ssl = on' >"$config"
  echo "grep create_main_cluster '$config' | sed 's/^/in the file: /' >>'$work/seen'" >"$work/apt-hook"
  run_installer build
  expect_contains "$(cat "$work/seen")" "in the file: create_main_cluster = false"
  expect_equal "$(cat "$config")" "ssl = on"
  expect_equal "$(leftovers)" "./etc/postgresql-common/createcluster.conf"
}

test_a_failing_apt_is_told_with_its_words_and_leaves_nothing_behind() {
  make_machine
  forget mold
  echo 'echo "E: Unable to locate package mold"; exit 100' >"$work/apt-hook"
  output=$(run_installer build) && return 1
  expect_contains "$output" "E: Unable to locate package mold"
  expect_contains "$output" "error: could not install mold"
  expect_equal "$(leftovers)" ""
}

test_an_apt_that_says_yes_and_does_nothing_is_caught() {
  make_machine
  forget mold
  echo 'exit 0' >"$work/apt-hook"
  output=$(run_installer build) && return 1
  expect_contains "$output" "error: apt succeeded, but these are still missing: mold"
}

test_an_interruption_puts_everything_back() {
  make_machine
  forget mold
  printf '#!/bin/sh\nexit 104\n' >"$work/root/usr/sbin/policy-rc.d"
  echo 'kill -TERM $PPID' >"$work/apt-hook"
  run_installer build && return 1
  expect_equal "$(leftovers)" "./usr/sbin/policy-rc.d"
  expect_contains "$(cat "$work/root/usr/sbin/policy-rc.d")" "exit 104"
}

test_what_a_killed_run_left_is_put_back_by_the_next() {
  make_machine
  forget mold
  printf '#!/bin/sh\nexit 104\n' >"$work/root/usr/sbin/policy-rc.d"
  echo 'kill -KILL $PPID; exit' >"$work/apt-hook"
  run_installer build && return 1
  expect_contains "$(leftovers)" "./usr/sbin/policy-rc.d.before-innkeeper"
  rm "$work/apt-hook"
  run_installer build
  expect_equal "$(leftovers)" "./usr/sbin/policy-rc.d"
  expect_contains "$(cat "$work/root/usr/sbin/policy-rc.d")" "exit 104"
}

test_an_unknown_list_is_refused() {
  make_machine
  output=$(run_installer nonsense) && return 1
  expect_contains "$output" "error: there is no scripts/packages/nonsense.txt"
}

# The same as an ordinary user, where this test may become one.
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups env "$@"; }

test_a_user_with_sudo_goes_through_it_once() {
  make_machine
  forget mold
  chmod -R a+rwX "$work"
  if ((EUID == 0)); then
    # The checkout may lie where nobody may read.
    mkdir "$work/checkout"
    cp -a "$repository/scripts" "$work/checkout/"
    as_nobody "PATH=$work/bin:$PATH" "INNKEEPER_INSTALL_ROOT=$work/root" "$work/checkout/scripts/install-packages" build
  else
    run_installer build
  fi
  expect_equal "$(wc -l <"$work/sudo-calls")" 1
  expect_contains "$(cat "$work/sudo-calls")" "install-packages --as-root mold"
}

test_a_user_without_sudo_is_told_what_to_ask_for() {
  make_machine
  forget mold
  rm "$work/bin/sudo"
  mkdir "$work/checkout"
  cp -a "$repository/scripts" "$work/checkout/"
  chmod -R a+rX "$work"
  for tool in bash env grep sed sort comm cat dirname; do ln -s "$(command -v "$tool")" "$work/bin/$tool"; done
  local user=(env)
  if ((EUID == 0)); then user=(setpriv --reuid=65534 --regid=65534 --clear-groups env); fi
  output=$("${user[@]}" "PATH=$work/bin" "$work/checkout/scripts/install-packages" build 2>&1) && return 1
  expect_contains "$output" "apt-get install --no-install-recommends mold"
}

run_tests
