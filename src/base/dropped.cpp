#include "base/dropped.h"
#include "base/printable.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead {

void Dropped::add(const std::string& path, std::vector<Right> rights) {
    if (rights.empty()) return;
    ++paths;
    std::vector<std::string> counted;
    bool is_graver = false;
    for (const Right& one : rights) {
        is_graver = is_graver || one.kind != "owner";
        if (std::find(counted.begin(), counted.end(), one.kind) != counted.end()) continue;
        counted.push_back(one.kind);
        ++kinds[one.kind];
    }
    auto& among = is_graver ? graver : owners_only;
    if (among.size() < most_named) among.push_back({path, std::move(rights)});
}

void Dropped::add(const Dropped& more) {
    paths += more.paths;
    for (const auto& [kind, count] : more.kinds) kinds[kind] += count;
    for (const Named& one : more.graver)
        if (graver.size() < most_named) graver.push_back(one);
    for (const Named& one : more.owners_only)
        if (owners_only.size() < most_named) owners_only.push_back(one);
}

std::vector<Dropped::Named> Dropped::first() const {
    auto all = graver;
    all.insert(all.end(), owners_only.begin(), owners_only.end());
    if (all.size() > most_named) all.resize(most_named);
    return all;
}

std::string Dropped::counts() const {
    std::vector<std::string> words;
    for (const auto& [kind, count] : kinds) words.push_back(fmt::format("{} {}", kind, count));
    return join(words, ", ");
}

std::string Dropped::lines() const {
    std::string text;
    const auto named = first();
    for (const Named& one : named) text += fmt::format("  '{}': {}\n", one_line(one.path), shown(one.rights));
    if (paths > named.size()) text += fmt::format("  and {} more\n", paths - named.size());
    return text;
}

std::vector<Right> rights_in(unsigned mode) {
    constexpr unsigned set_user_id = 04000, set_group_id = 02000;
    std::vector<Right> rights;
    if ((mode & set_user_id) != 0) rights.push_back({"set-user-id", ""});
    if ((mode & set_group_id) != 0) rights.push_back({"set-group-id", ""});
    return rights;
}

std::string shown(const std::vector<Right>& rights) {
    std::vector<std::string> words;
    for (const Right& one : rights)
        words.push_back(one.detail.empty() ? one.kind : fmt::format("{} {}", one.kind, one_line(one.detail)));
    return join(words, ", ");
}

}
