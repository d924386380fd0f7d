#include "backup/keys.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/files/owned/owned.h"
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
        return usage(fmt::format("'{}' holds a secret key, and other users may read it; run: chmod 600 {}",
                                 path.string(), shell_word(path.string())));
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

std::vector<std::string> Keys::identities() const {
    std::vector<std::string> all;
    for (const auto& one : own_.identities) all.push_back(one.recipient().shown());
    if (passphrase_.empty()) all.pop_back(); // of this process alone
    return all;
}

sys::AgeTo Keys::all() const {
    if (!passphrase_.empty()) return {.recipients = {}, .passphrase = passphrase_};
    sys::AgeTo to{.recipients = to_, .passphrase = {}};
    to.recipients.push_back(own_.identities.back().recipient());
    return to;
}

// As whoever restores has to hear it: the key of this process is none of theirs.
Error Keys::told(Error error, const Part& part) const {
    if (error.kind != Kind::could_not || !error.message.starts_with("none of the ")) return error;
    const auto count = identities().size();
    return could_not(fmt::format("'{}': {}; it was encrypted for {}; name a recipient's secret key by "
                                 "backup.encrypt.identity_env or identity_file",
                                 part.file,
                                 count == 0 ? "no secret key is here"
                                            : fmt::format("none of the {} identities opens this file", count),
                                 join(part.recipients, ", ")));
}

Result<std::unique_ptr<sys::Sink>> Keys::encrypting(std::unique_ptr<sys::Sink> into) const {
    return sys::encrypting(all(), std::move(into));
}

Result<void> Keys::rewrap(sys::Source& from, sys::Sink& into, const Part& part) const {
    auto done = sys::rewrap(own_, all(), from, into, part.file);
    if (!done.ok()) return told(std::move(done).error(), part);
    return done;
}

Result<std::unique_ptr<sys::Source>> Keys::decrypting(std::unique_ptr<sys::Source> from, const Part& part) const {
    auto opened = sys::decrypting(own_, std::move(from), part.file);
    if (opened.ok()) return opened;
    if (opened.error().kind == Kind::could_not && opens() == Opens::nothing)
        return could_not(fmt::format("'{}': no secret key is here; it was encrypted for {}; name a recipient's secret "
                                     "key by backup.encrypt.identity_env (a variable that is set) or identity_file",
                                     part.file, join(part.recipients, ", ")));
    return told(std::move(opened).error(), part);
}

Result<bool> Keys::is_of_now(std::unique_ptr<sys::Source> from, const Part& part) const {
    if (own_.former.empty() || passphrase_.empty()) return true;
    const auto opened = sys::decrypting({.identities = {}, .passphrase = passphrase_}, std::move(from), part.file);
    if (opened.ok()) return true;
    if (opened.error().kind == Kind::could_not) return false;
    return opened.error();
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
    // Either may be elsewhere: a run needs none.
    if (const auto former =
            settings.former_passphrase_env.empty() ? std::nullopt : world.variables.get(settings.former_passphrase_env))
        keys.own_.former = Secret(*former);
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
