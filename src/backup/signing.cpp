#include "backup/signing.h"
#include "attest/envelope.h"
#include "attest/statement.h"
#include "config/believed.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace fairlead::backup {
namespace {

constexpr std::string_view verification_type = "https://fairlead.dev/backup/verification/v1";

// A statement is about a file, whatever folder it lies in.
std::string file_of(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// Ours name their key; a foreign name is a byte that somebody, or something, changed.
Result<attest::Opened> open_ours(std::string_view text, const std::string& name, const std::vector<attest::Key>& keys,
                                 SystemTime now) {
    auto opened = TRY(attest::open(text, name, attest::statement_payload, keys, now));
    if (opened.is_named) return opened;
    return no(
        fmt::format("'{}' names another key than {}, which signed it: it was changed afterwards", name, opened.key));
}

Result<void> judge(const std::string& text, const std::string& name, const attest::Subject& file,
                   const std::vector<attest::Key>& keys, SystemTime now) {
    const auto opened = TRY(open_ours(text, name, keys, now));
    const auto statement = TRY(attest::read_statement(opened.payload, name, attest::provenance_type));
    return attest::check_subject(statement, name, file);
}

// What was dumped: a rotation of keys changes the stored bytes, and not this.
std::vector<attest::Subject> content_of(const Manifest& manifest) {
    std::vector<attest::Subject> all;
    for (const Part& part : manifest.parts) all.push_back({manifest.id + "/" + part.name, part.plain.sha256});
    return all;
}

}

std::optional<std::string> Signing::statement(const std::string& manifest_name, std::string_view manifest) const {
    if (!key_) return {};
    const sys::Json predicate = {
        {"buildDefinition",
         {{"buildType", "https://fairlead.dev/backup/v1"}, {"externalParameters", sys::Json::object()}}},
        {"runDetails", {{"builder", {{"id", "https://fairlead.dev/fairlead-backup"}}}}}};
    const attest::Statement about{{{file_of(manifest_name), sys::sha256(manifest)}},
                                  std::string(attest::provenance_type),
                                  sys::dump_json(predicate)};
    return attest::seal(attest::statement_payload, attest::write_statement(about), {key_.get(), 1});
}

std::optional<std::string> Signing::verification(const Manifest& manifest, const std::string& found) const {
    if (!key_ || manifest.parts.empty()) return {};
    const attest::Statement about{content_of(manifest), std::string(verification_type), found};
    return attest::seal(attest::statement_payload, attest::write_statement(about), {key_.get(), 1});
}

Result<std::string> Signing::found_in(std::string_view text, const std::string& name, const Manifest& manifest,
                                      SystemTime now) const {
    const auto json = sys::parse_json(text, name);
    const bool is_signed = json.ok() && json->is_object() && json->contains("payload");
    if (!asks() && !is_signed) return std::string(text);
    if (!asks()) {
        const auto payload = TRY(attest::unproven_payload(text, name, attest::statement_payload));
        auto statement = TRY(attest::read_statement(payload, name, verification_type));
        return std::move(statement.predicate);
    }
    const auto opened = TRY(open_ours(text, name, trusted_, now));
    auto statement = TRY(attest::read_statement(opened.payload, name, verification_type));
    if (statement.subjects == content_of(manifest)) return std::move(statement.predicate);
    return no(fmt::format("'{}' was signed for other content than that of set {}", name, manifest.id));
}

bool Signing::signs_trusted() const {
    if (!key_) return false;
    const std::string mine = key_->public_key().id;
    return std::any_of(trusted_.begin(), trusted_.end(), [&](const attest::Key& one) { return one.key.id == mine; });
}

std::string Signing::unbelieved() const {
    if (!asks() || signs_trusted()) return "";
    if (key_) return "the key of backup.sign.key_env is not in backup.sign.trust; add its public key";
    if (!unset_.empty())
        return fmt::format("variable '{}', which backup.sign.key_env names, is not set; set it", unset_);
    return "no key is here; name the variable that holds the key as backup.sign.key_env";
}

// A rotation of keys that was killed leaves two statements, one of them of this manifest.
Result<void> Signing::check(Store& store, const Set& set, std::string_view manifest, SystemTime now) const {
    if (trusted_.empty() && !unset_.empty() && !std::exchange(told_, true))
        sys::log_warning(fmt::format("no signature is checked: variable '{}' of backup.sign.key_env is not set, and "
                                     "backup.sign.trust names no public key; name it there",
                                     unset_));
    if (trusted_.empty()) return {};
    const attest::Subject file{file_of(set.manifest), sys::sha256(manifest)};
    std::string refused = "it has no signature";
    for (const Object& object : set.beside) {
        if (object.name != signature_name(set.manifest) && object.name != signature_name(set.manifest, 2)) continue;
        const auto text = store.read(object.name, attest::envelope_limit);
        if (!text.ok() && text.error().kind != Kind::no) return text.error();
        const auto judged =
            text.ok() ? judge(text.value(), object.name, file, trusted_, now) : Result<void>(text.error());
        if (judged.ok()) return {};
        refused = judged.error().message;
    }
    return no(fmt::format("manifest '{}' is not signed by a key of backup.sign.trust: {}; take another set",
                          set.manifest, refused));
}

Result<void> Signing::check_asks(std::string_view flag) const {
    if (asks()) return {};
    return usage(fmt::format("{} is for sets that a trusted key signed, and no key is trusted here; write sign: "
                             "{{trust: [backup.pub]}} under backup in fairlead.yml and sign the sets that run makes "
                             "(docs/backup-keys.md, Signatures), or restore without {}",
                             flag, flag));
}

Result<void> Signing::check_signs() const {
    if (!unset_.empty())
        return usage(fmt::format("variable '{}', which backup.sign.key_env names, is not set, so the set would have no "
                                 "signature; set it, or take key_env out",
                                 unset_));
    if (!key_ || signs_trusted()) return {};
    return usage("the key of backup.sign.key_env is not in backup.sign.trust, so the set would be refused when it is "
                 "read; add its public key");
}

Result<Signing> read_signing(const SignSettings& settings, const config::Config& config, const World& world) {
    Signing signing;
    if (!settings.key_env.empty() && !world.variables.get(settings.key_env)) signing.unset_ = settings.key_env;
    if (const auto pem = settings.key_env.empty() ? std::nullopt : world.variables.get(settings.key_env)) {
        auto key = TRY(sys::read_private_key(*pem, settings.key_env));
        if (settings.trust.empty())
            signing.trusted_.push_back({key.public_key(), settings.key_env, std::nullopt, std::nullopt});
        signing.key_ = std::make_unique<sys::PrivateKey>(std::move(key));
    }
    for (const auto& name : settings.trust) {
        const auto pem = config::believed_file(config, name);
        if (!pem.ok()) return Error{pem.error().kind, "backup.sign.trust: " + pem.error().message, {}};
        auto key = TRY(attest::read_key(pem.value(), name));
        signing.trusted_.push_back(std::move(key));
    }
    return signing;
}

}
