#include "backup/keys.h"
#include "base/text.h"
#include "sys/files/owned.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::backup {
namespace {

Result<Secret> secret_of(const std::string& variable, const char* key, const World& world) {
    if (const auto value = world.variables.get(variable)) return Secret(*value);
    return usage(fmt::format("variable '{}', which backup.encrypt.{} names, is not set", variable, key));
}

// Files of keys are their owner's alone.
Result<std::string> read_key_file(const sys::Path& path) {
    constexpr unsigned others = 077;
    if (sys::inspect(path).mode & others)
        return usage(fmt::format("'{}' holds a secret key, and others may read it; run: chmod 600 {}", path.string(),
                                 path.string()));
    return sys::read_own_file(path);
}

}

std::vector<std::string> Keys::recipients() const {
    if (!passphrase_.empty()) return {"passphrase"};
    std::vector<std::string> all;
    for (const auto& one : to_) all.push_back(one.shown());
    return all;
}

Opens Keys::opens() const {
    if (!passphrase_.empty()) return Opens::own;
    if (own_.identities.size() <= 1) return Opens::nothing; // the last one is of this process alone
    for (auto one = own_.identities.begin(); one != std::prev(own_.identities.end()); ++one)
        if (std::find(to_.begin(), to_.end(), one->recipient()) != to_.end()) return Opens::own;
    return Opens::others;
}

Result<std::unique_ptr<sys::Sink>> Keys::encrypting(std::unique_ptr<sys::Sink> into) const {
    if (!passphrase_.empty()) return sys::encrypting({.recipients = {}, .passphrase = passphrase_}, std::move(into));
    auto all = to_;
    all.push_back(own_.identities.back().recipient());
    return sys::encrypting({.recipients = std::move(all), .passphrase = {}}, std::move(into));
}

Result<std::unique_ptr<sys::Source>> Keys::decrypting(std::unique_ptr<sys::Source> from, const Part& part) const {
    auto opened = sys::decrypting(own_, std::move(from), part.file);
    if (opened.ok() || opened.error().kind != Kind::could_not) return opened;
    if (opens() == Opens::nothing)
        return could_not(fmt::format("'{}' is encrypted; it was made for {}, and no secret key is here: name it by "
                                     "backup.encrypt.identity_env, a variable that is set, or identity_file",
                                     part.file, join(part.recipients, ", ")));
    return could_not(fmt::format("{}; it was made for {}: name the secret key by backup.encrypt.identity_env or "
                                 "identity_file",
                                 opened.error().message, join(part.recipients, ", ")));
}

Result<Keys> read_keys(const EncryptSettings& settings, const World& world) {
    Keys keys;
    if (!settings.to.empty() && !settings.passphrase_env.empty())
        return usage("backup.encrypt has both to and passphrase_env; write one of them");
    for (const auto& text : settings.to) {
        const auto recipient = TRY(sys::AgeRecipient::read(text));
        keys.to_.push_back(recipient);
    }
    if (!settings.passphrase_env.empty()) {
        keys.passphrase_ = TRY(secret_of(settings.passphrase_env, "passphrase_env", world));
        keys.own_.passphrase = keys.passphrase_;
    }
    // The key may be elsewhere: a run needs none.
    if (const auto text = settings.identity_env.empty() ? std::nullopt : world.variables.get(settings.identity_env)) {
        const Secret secret(*text);
        auto identities = TRY(sys::read_age_identities(secret.reveal(), settings.identity_env));
        for (auto& one : identities) keys.own_.identities.push_back(std::move(one));
    }
    if (const auto path = world.folder / settings.identity_file;
        !settings.identity_file.empty() && sys::inspect(path).type != sys::FileType::absent) {
        const std::string text = TRY(read_key_file(path));
        const Secret secret(text);
        auto identities = TRY(sys::read_age_identities(secret.reveal(), settings.identity_file));
        for (auto& one : identities) keys.own_.identities.push_back(std::move(one));
    }
    if (keys.passphrase_.empty()) keys.own_.identities.push_back(sys::AgeIdentity::make());
    return keys;
}

}
