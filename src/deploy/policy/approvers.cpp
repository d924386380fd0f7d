#include "deploy/policy/approvers.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr std::uint64_t longest_key = 1u << 16;

std::string name_of(const attest::Key& key) { return sys::Path(key.name).stem().string(); }

}

std::vector<std::string> names_of(const std::vector<attest::Key>& keys) {
    std::vector<std::string> names;
    for (const auto& key : keys) names.push_back(name_of(key));
    return names;
}

Result<std::vector<attest::Key>> read_approvers(const ApprovalSettings& settings) {
    std::vector<attest::Key> keys;
    for (const auto& file : settings.from) {
        const auto pem = settings.read(file);
        if (!pem.ok()) return Error{pem.error().kind, "deploy.approvals.from: " + pem.error().message, {}};
        auto key = TRY(attest::read_key(pem.value(), file));
        for (const auto& other : keys)
            if (other.key.id == key.key.id || name_of(other) == name_of(key))
                return usage(fmt::format("'{}' and '{}' of approvals.from {}, so two approvals could be from a single "
                                         "person; give each approver a separate key and name",
                                         one_line(other.name), one_line(file),
                                         other.key.id == key.key.id ? "are the same key" : "have the same name"));
        keys.push_back(std::move(key));
    }
    return keys;
}

Result<void> check_approvers(const ApprovalSettings& settings) {
    if (settings.required == 0) return {};
    const auto keys = read_approvers(settings);
    return keys.ok() ? Result<void>() : keys.error();
}

Result<void> check_approver(const std::string& file, const ApprovalSettings& settings, SystemTime now) {
    if (settings.from.empty())
        return usage("no approval counts in this environment; name public keys in deploy.approvals.from first");
    auto pem = TRY(sys::read_file(file, longest_key));
    const auto key = TRY(sys::read_private_key(std::move(pem), file));
    const auto id = key.public_key().id;
    const auto keys = TRY(read_approvers(settings));
    const auto own = std::find_if(keys.begin(), keys.end(), [&](const attest::Key& one) { return one.key.id == id; });
    if (own == keys.end())
        return usage(fmt::format("'{}' is not in approvals.from ({}), so its approval would not count; sign with a key "
                                 "from that list, or add the public key to it",
                                 one_line(file), one_of(names_of(keys))));
    const auto why = attest::refusal(*own, now);
    return why.empty() ? Result<void>() : usage(fmt::format("the approval would not count: {}", why));
}

}
