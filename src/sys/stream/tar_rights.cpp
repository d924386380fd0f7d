#include "sys/stream/tar_rights.h"
#include <fmt/format.h>

namespace fairlead::sys {
namespace {

using Kind = TarEntry::Kind;

constexpr unsigned set_user_id = 04000, set_group_id = 02000, sticky = 01000, group_writes = 0020, all_write = 0002;

bool is_device(const TarEntry& entry) {
    return entry.kind == Kind::character_device || entry.kind == Kind::block_device;
}

class Judge {
  public:
    Judge(const TarEntry& entry, const TarReading& how, bool by_root) : entry_(entry), how_(how), by_root_(by_root) {}

    TarRights ours() {
        given_.mode = entry_.mode;
        if (is_device(entry_)) return device();
        take_set_ids();
        if (by_root_) {
            judge_mode();
            judge_owner();
        }
        for (const auto& attribute : entry_.attributes) judge_attribute(attribute.first);
        if (entry_.kind == Kind::link) given_.mode = 0; // a link has none
        return std::move(given_);
    }

    // An ordinary user gives nothing away, and a file of its own lets nobody act as it.
    TarRights all() {
        given_.mode = entry_.mode;
        if (by_root_)
            given_.owner = TarOwner{static_cast<unsigned>(entry_.uid), static_cast<unsigned>(entry_.gid)};
        else
            take_set_ids();
        for (const auto& attribute : entry_.attributes) given_.attributes.push_back(attribute.first);
        return std::move(given_);
    }

  private:
    TarRights device() {
        given_.is_made = false;
        given_.dropped = {{"device", fmt::format("{}:{}", entry_.major, entry_.minor)}};
        return std::move(given_);
    }

    void take_bit(unsigned bit, const char* kind) {
        if ((given_.mode & bit) == 0 || entry_.kind == Kind::link) return;
        given_.mode &= ~bit;
        given_.dropped.push_back({kind, ""});
    }

    void take_set_ids() {
        take_bit(set_user_id, "set-user-id");
        take_bit(set_group_id, "set-group-id");
    }

    void judge_mode() {
        const auto& standing = how_.standing;
        if (entry_.path == "." && standing) {
            const unsigned mode = given_.mode & (standing->mode | sticky);
            if (mode != given_.mode) given_.dropped.push_back({"mode", fmt::format("{:04o}", given_.mode)});
            given_.mode = mode;
            return;
        }
        if (standing && (standing->mode & group_writes) == 0) take_bit(group_writes, "write for the group");
        if (!standing || (standing->mode & all_write) == 0) take_bit(all_write, "write for all");
    }

    void judge_owner() {
        const TarOwner owner = how_.standing ? TarOwner{how_.standing->uid, how_.standing->gid} : TarOwner{0, 0};
        given_.owner = owner;
        if (entry_.uid == owner.uid && entry_.gid == owner.gid) return;
        given_.dropped.push_back({"owner", fmt::format("{}:{}", entry_.uid, entry_.gid)});
    }

    void judge_attribute(const std::string& name) {
        const bool is_access = name == "system.posix_acl_access", is_default = name == "system.posix_acl_default";
        if (name.starts_with("user.") || (!by_root_ && (is_access || is_default)))
            given_.attributes.push_back(name);
        else if (name == "security.capability")
            given_.dropped.push_back({"capabilities", ""});
        else if (is_access || is_default)
            given_.dropped.push_back({is_access ? "access list" : "default access list", ""});
        else
            given_.dropped.push_back({"attribute", name});
    }

    const TarEntry& entry_;
    const TarReading& how_;
    const bool by_root_;
    TarRights given_;
};

}

TarRights rights_of(const TarEntry& entry, const TarReading& how, bool by_root) {
    Judge judge(entry, how, by_root);
    return how.privileges == TarReading::Privileges::kept ? judge.all() : judge.ours();
}

}
