# Registries that no package manager offers.

install_server() {
    cannot "$1 cannot be had: the Go module proxy does not serve its module; start one by hand and give its URL to manifuzz run"
}

is_installed() { false; }
