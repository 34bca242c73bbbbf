#!/usr/bin/env bash
# The builder of the API server against an apt and a Go made of scripts, which record their calls.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

stub() {
  cat >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}

make_checkout() {
  mkdir -p "$work/bin" "$work/checkout/scripts" "$work/checkout/tests/support"
  cp "$repository/tests/support/kube-apiserver" "$work/checkout/tests/support/"
  cp "$repository/scripts/common.sh" "$work/checkout/scripts/"
  printf '#!/bin/sh\necho "$@" >>"%s/installed"\n' "$work" >"$work/checkout/scripts/install-packages"
  chmod +x "$work/checkout/scripts/install-packages"
  version=1.20.5+really1.20.2-1.1
  stub apt-get <<EOF
#!/bin/bash
echo "\$*" >>"$work/apt-calls"
case "\$*" in *" source "*) touch "kubernetes_$version.dsc" ;; esac
EOF
  stub dpkg-source <<'EOF'
#!/bin/bash
mkdir -p "$4"/{vendor/k8s.io/api/v1,vendor/github.com/modern-go/reflect2,pkg/apis,cmd,plugin}
echo '// +k8s:openapi-gen=true' | tee "$4/vendor/k8s.io/api/v1/doc.go" >"$4/pkg/apis/doc.go"
EOF
  stub cp <<'EOF'
#!/bin/bash
case "$*" in *reflect2*) mkdir -p "${@: -1}" ;; *) exec /bin/cp "$@" ;; esac
EOF
  stub go <<EOF
#!/bin/bash
echo "\$*" >>"$work/go-calls"
if [[ -e "$work/no-go" ]]; then exit 1; fi
while [[ \$1 != -o ]]; do shift; done
printf '#!/bin/sh\n' >"\$2"
chmod +x "\$2"
EOF
}

server() { PATH=$work/bin:$PATH INNKEEPER_KUBERNETES_CACHE=$work/cache "$work/checkout/tests/support/kube-apiserver" "$@"; }
cached() { find "$work/cache" -mindepth 1 -maxdepth 1 ! -name .lock -printf '%f\n' | sort; }

test_it_is_built_once_and_found_again_without_a_word() {
  make_checkout
  expect_equal "$(server build 2>/dev/null)" "$work/cache/kube-apiserver-1.20.2-1"
  expect_equal "$(server build 2>&1)" "$work/cache/kube-apiserver-1.20.2-1"
  expect_equal "$(wc -l <"$work/go-calls")" 2
  expect_equal "$(cached)" kube-apiserver-1.20.2-1
  expect_equal "$(cat "$work/installed")" kubernetes-build
}

test_a_build_that_fails_says_why_and_leaves_nothing() {
  make_checkout
  touch "$work/no-go"
  output=$(server build 2>&1) && return 1
  expect_contains "$output" "kube-apiserver compile"
  expect_equal "$(cached)" ""
  rm "$work/no-go"
  server build 2>/dev/null
}

test_another_version_in_debian_is_told() {
  make_checkout
  sed -i 's/really1.20.2/really1.99.9/' "$work/bin/apt-get"
  output=$(server build 2>&1) && return 1
  expect_contains "$output" "Debian's source package kubernetes is no longer 1.20.2"
}

test_what_a_killed_build_left_is_swept() {
  make_checkout
  mkdir -p "$work/cache/.building-abc"
  server build 2>/dev/null
  expect_equal "$(cached)" kube-apiserver-1.20.2-1
}

test_without_the_program_it_does_not_run() {
  make_checkout
  output=$(server run "$work" 2>&1) && return 1
  expect_contains "$output" "hint: Run: tests/support/kube-apiserver build"
}

run_tests
