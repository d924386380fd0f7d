#include "tag/release/people.h"
#include "base/text.h"
#include <algorithm>
#include <cctype>

namespace fairlead::tag {

namespace {

// 12345+login@users.noreply.github.com, and without a number before 2017 (docs.github.com, "Setting your commit email
// address").
std::string login_in(std::string_view email) {
    constexpr std::string_view host = "@users.noreply.github.com";
    if (!email.ends_with(host)) return {};
    email.remove_suffix(host.size());
    if (const auto plus = email.find('+'); plus != email.npos) email.remove_prefix(plus + 1);
    const auto fits = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-'; };
    const auto plain = email.ends_with("[bot]") ? email.substr(0, email.size() - 5) : email;
    if (plain.empty() || plain.size() > 39 || !std::all_of(plain.begin(), plain.end(), fits)) return {};
    return std::string(email);
}

// Bots whose name does not say so by "[bot]".
constexpr std::string_view bots[] = {
    "dependabot",  "dependabot-preview",   "renovate",      "renovate-bot",    "github-actions",   "github actions",
    "greenkeeper", "semantic-release-bot", "pre-commit-ci", "pre-commit.ci",   "copilot",          "allcontributors",
    "mergify",     "codecov-io",           "snyk-bot",      "imgbot",          "whitesource bolt", "crowdin bot",
    "weblate",     "hosted weblate",       "transifex",     "copybara-service"};

// Helpers of editors sign as co-authors.
constexpr std::string_view bot_addresses[] = {"noreply@anthropic.com", "cursoragent@cursor.com", "noreply@openai.com"};

bool is_bot(std::string_view name) {
    return name.ends_with("[bot]") || std::find(std::begin(bots), std::end(bots), name) != std::end(bots);
}

// "Bob  Ross" and "Bob Ross" are one.
std::string with_single_blanks(std::string_view name) {
    std::string text;
    for (const char c : trim(name))
        if (c != ' ' || text.empty() || text.back() != ' ') text += c;
    return text;
}

Person person_of(const sys::Signature& written, const sys::Mailmap& mailmap) {
    const auto real = mailmap.real(written);
    Person person;
    person.email = lower(real.email);
    // Of both addresses: .mailmap may lead from one that tells the login to one that doesn't.
    person.login = login_in(real.email);
    if (person.login.empty()) person.login = login_in(written.email);
    const auto name = with_single_blanks(real.name);
    person.name = name.substr(0, name.find('@')); // some give an address for a name
    constexpr std::string_view nobody[] = {"unknown", "root", "your name", "user", "none", "(no author)"};
    const bool says = !trim(person.name).empty() &&
                      std::find(std::begin(nobody), std::end(nobody), lower(person.name)) == std::end(nobody);
    if (!says) person.name = person.login;
    person.bot = is_bot(lower(real.name)) || is_bot(lower(person.login)) ||
                 std::find(std::begin(bot_addresses), std::end(bot_addresses), person.email) != std::end(bot_addresses);
    return person;
}

}

std::vector<std::string> Person::keys() const {
    std::vector<std::string> keys;
    if (!email.empty()) keys.push_back("<" + email);
    if (!login.empty()) keys.push_back("@" + lower(login));
    if (name.find(' ') != name.npos) keys.push_back(lower(name));
    return keys;
}

bool is_same(const Person& one, const Person& other) {
    // Names of one word are of many; among those whom one change names they are one person with two addresses.
    if (!one.name.empty() && lower(one.name) == lower(other.name)) return true;
    const auto keys = one.keys(), others = other.keys();
    return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
        return std::find(others.begin(), others.end(), key) != others.end();
    });
}

std::vector<Person> people_of(std::string_view headers, std::string_view message, const sys::Mailmap& mailmap) {
    std::vector<Person> people = {person_of(sys::signature_of(headers, "author"), mailmap)};
    constexpr std::string_view trailer = "co-authored-by:";
    for (auto at = message.find('\n'); at != message.npos; at = message.find('\n', at + 1)) {
        if (at + 1 >= message.size() || (message[at + 1] != 'C' && message[at + 1] != 'c')) continue;
        const auto line = message.substr(at + 1, message.find('\n', at + 1) - at - 1);
        if (lower(line.substr(0, trailer.size())) != trailer) continue;
        const auto signature = "author " + std::string(trim(line.substr(trailer.size()))) + " 0 +0000";
        auto person = person_of(sys::signature_of(signature, "author"), mailmap);
        const auto same = [&](const Person& other) { return is_same(person, other); };
        if (std::none_of(people.begin(), people.end(), same)) people.push_back(std::move(person));
    }
    return people;
}

}
