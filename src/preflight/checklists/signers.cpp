#include "preflight/checklists/signers.h"
#include "base/text.h"
#include "config/believed.h"
#include "preflight/checklists/signoffs.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

std::vector<std::string> signer_words(std::string_view line) {
    std::vector<std::string> words;
    for (auto& word : split(replace_all(line, "\t", " "), ' ')) {
        const auto plain = trim(std::string_view(word));
        if (plain.starts_with('#')) break;
        if (!plain.empty()) words.emplace_back(plain);
    }
    return words;
}

bool matches(std::string pattern, const std::string& path) {
    const bool anchored = pattern.find('/') < pattern.size() - 1;
    if (pattern.starts_with('/')) pattern.erase(0, 1);
    if (pattern.ends_with('/')) pattern += "**";
    if (!anchored) pattern = pattern == "*" ? "**" : "**/" + pattern;
    return glob_match(pattern, path) || glob_match(pattern + "/**", path);
}

// "ada" of 123+ada@users.noreply.github.com, the address that GitHub gives to those who hide theirs.
std::string handle_of(const std::string& mail) {
    constexpr std::string_view hidden = "@users.noreply.github.com";
    if (!mail.ends_with(hidden)) return {};
    const auto name = mail.substr(0, mail.size() - hidden.size());
    return name.substr(name.find('+') == name.npos ? 0 : name.find('+') + 1);
}

bool is_team(std::string_view name) { return name.starts_with('@') && name.find('/') != name.npos; }

}

std::vector<std::string> owners_of(std::string_view codeowners, const std::string& path) {
    std::vector<std::string> owners;
    for (const auto& line : split(codeowners, '\n')) {
        auto words = signer_words(line);
        if (words.empty() || !matches(words[0], path)) continue;
        words.erase(words.begin());
        owners = std::move(words);
    }
    return owners;
}

bool Signers::may_sign(std::string_view by) const {
    if (names.empty() || !closed) return true;
    const auto mail = mail_of(by);
    const auto name = lower(trim(by.substr(0, by.find('<'))));
    return std::any_of(names.begin(), names.end(), [&](const std::string& each) {
        const auto one = lower(trim(std::string_view(each)));
        if (one.starts_with('@')) return handle_of(mail) == one.substr(1) || name == one.substr(1);
        const auto its = mail_of(one);
        return !mail.empty() && (its.empty() ? one : its) == mail;
    });
}

std::string Signers::to_ask() const { return names.empty() ? std::string() : one_of(names); }

Result<Signers> signers_of(const Settings& settings, const std::string& checklist, const ReadPolicy& read) {
    Signers signers;
    if (!settings.signers.empty()) {
        signers.names = settings.signers;
        signers.from = "preflight.signers";
        return signers;
    }
    for (const auto* path : {".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}) {
        const auto text = TRY(read(path));
        if (!text) continue;
        signers.names = owners_of(*text, signoffs_path(checklist));
        signers.from = path;
        signers.closed = std::none_of(signers.names.begin(), signers.names.end(), is_team);
        break;
    }
    return signers;
}

Result<std::vector<attest::Key>> signer_keys(const config::Config& config, const Settings& settings) {
    std::vector<attest::Key> keys;
    for (const auto& file : settings.signer_keys) {
        const auto pem = config::believed_file(config, file);
        if (!pem.ok()) return Error{pem.error().kind, "preflight.signer_keys: " + pem.error().message, {}};
        auto key = TRY(attest::read_key(pem.value(), file));
        keys.push_back(std::move(key));
    }
    return keys;
}

}
