#!/bin/sh
# Install what the tests need from Debian's packages: servers that are started by the tests themselves, never as services.
#
# Usage: scripts/servers.sh [GROUP…]     groups: postfix dovecot freeradius postgresql kea chromium strace (default: all)
#
# Needs root. Asks before it installs, except in CI (CI is set) and in containers. Nothing is started: policy-rc.d answers
# 101 while packages are unpacked, and an answer of ours is taken away again afterwards. Refuses where apt would remove a
# mail transfer agent that is there already.
set -eu

groups=${*:-"strace postgresql chromium dovecot postfix freeradius kea"}

die() { echo "servers: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || die "needs root (sudo make servers)"
command -v apt-get >/dev/null || die "needs Debian or a child of it (apt-get)"

packages=
for group in $groups; do
    case $group in
        postfix) packages="$packages postfix" ;;
        dovecot) packages="$packages dovecot-core dovecot-imapd dovecot-lmtpd dovecot-sieve" ;;
        freeradius) packages="$packages freeradius freeradius-utils" ;;
        postgresql) packages="$packages postgresql" ;;
        kea) packages="$packages kea-dhcp4-server" ;;
        chromium) packages="$packages chromium chromium-driver fonts-noto-cjk" ;;
        strace) packages="$packages strace" ;;
        *) die "unknown group $group" ;;
    esac
done

missing=
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || { echo "servers: all there"; exit 0; }

contained() { [ -n "${CI:-}" ] || [ -e /.dockerenv ] || [ -e /run/.containerenv ] || grep -qE 'docker|lxc|kubepods' /proc/1/cgroup 2>/dev/null; }
if ! contained && [ "${SEKIMORI_SERVERS_YES:-}" != 1 ]; then
    printf 'Install%s for the tests? [y/N] ' "$missing"
    read -r answer || answer=n
    case $answer in y|Y|yes) ;; *) die "nothing installed" ;; esac
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq

# A server that is in use here keeps its place: simulate first, and look at what would go.
# shellcheck disable=SC2086 # a list of words on purpose
gone=$(apt-get install --simulate --no-install-recommends $missing | awk '$1 == "Remv" {print $2}')
for package in $gone; do
    case $package in
        postfix|exim4*|sendmail*|nullmailer|msmtp-mta|opensmtpd|citadel-server|courier-mta|dma|ssmtp|qmail*)
            die "apt would remove the mail server $package; install by hand, or elsewhere" ;;
    esac
done
[ -z "$gone" ] || die "apt would remove: $gone"

policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT INT TERM
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod 755 $policy
elif ! sh $policy 2>/dev/null; then :
else die "$policy lets services start; set it aside first"
fi

if ! command -v pg_createcluster >/dev/null; then
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.d/sekimori-tests.conf
fi
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
echo "servers: installed$missing"
