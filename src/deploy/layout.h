#pragma once
#include "sys/files/files.h"
#include <string>

// The folders of a direct target, below its root.
namespace fairlead::deploy {

struct Layout {
    sys::Path root;
    bool apart = false; // the application runs as a different user, who owns the folder of each slot's socket
    sys::Path owner() const { return root / "owner"; } // "app/environment": two applications can't share a root
    sys::Path releases() const { return root / "releases"; }
    sys::Path release(const std::string& id) const { return releases() / id; }
    sys::Path unfinished(const std::string& id) const { return releases() / (".tmp-" + id); }
    // A mark that exists while its release is being built and is incomplete.
    sys::Path building(const std::string& id) const { return releases() / (".building-" + id); }
    // The former content of a release that was built again; only its owner may remove it.
    sys::Path kept(const std::string& id, unsigned number) const {
        return releases() / (id + ".kept-" + std::to_string(number));
    }
    sys::Path shared() const { return root / "shared"; }
    sys::Path run() const { return root / "run"; }
    sys::Path socket_folder(const std::string& slot) const { return apart ? run() / slot : run(); }
    sys::Path socket(const std::string& slot) const {
        return apart ? socket_folder(slot) / "app.sock" : run() / (slot + ".sock");
    }
    sys::Path current_socket() const { return run() / "current.sock"; } // the router connects to it
    sys::Path current() const { return root / "current"; }              // for humans and cron
    sys::Path slot(const std::string& name) const { return root / "slots" / name; }
    sys::Path slot_release(const std::string& name) const { return slot(name) / "release"; }
    sys::Path env(const std::string& name) const { return slot(name) / "env"; }
    sys::Path launch(const std::string& name) const { return slot(name) / "launch.json"; }
    sys::Path process(const std::string& name) const { return slot(name) / "process.json"; }
    // exists while the instance is kept warm, and contains the time when that ends
    sys::Path warm(const std::string& name) const { return slot(name) / "warm"; }
    // exists if the instance was told to end
    sys::Path ending(const std::string& name) const { return slot(name) / "ending"; }
    // exists if the instance is started after a reboot
    sys::Path boot(const std::string& name) const { return slot(name) / "boot"; }
    sys::Path lock(const std::string& name) const { return slot(name) / "lock"; }
    sys::Path log(const std::string& name) const { return slot(name) / "log"; }
};

inline constexpr const char* slot_names[] = {"a", "b"};

}
