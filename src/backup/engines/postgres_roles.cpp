#include "backup/engines/postgres_parts.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::backup::postgres {
namespace {

// A role's name as pg_dumpall writes it, from the beginning of `text`; what is behind it stays there.
std::string take_name(std::string_view& text) {
    std::string name;
    if (!text.starts_with('"')) {
        const auto end = std::min(text.find_first_of(" ;,"), text.size());
        name = text.substr(0, end);
        text.remove_prefix(end);
        return name;
    }
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] != '"')
            name += text[i];
        else if (i + 1 < text.size() && text[i + 1] == '"')
            name += text[i++];
        else {
            text.remove_prefix(i + 1);
            return name;
        }
    }
    text = {};
    return name;
}

}

std::vector<std::string> roles_made(std::string_view globals) {
    std::vector<std::string> made, supers;
    for (const auto& line : split(globals, '\n')) {
        std::string_view rest = line;
        constexpr std::string_view create = "CREATE ROLE ", alter = "ALTER ROLE ", super = " WITH SUPERUSER";
        if (rest.starts_with(create)) {
            rest.remove_prefix(create.size());
            made.push_back(take_name(rest));
        } else if (rest.starts_with(alter)) {
            rest.remove_prefix(alter.size());
            const auto name = take_name(rest);
            if (rest.starts_with(super)) supers.push_back(name);
        }
    }
    for (auto& name : made)
        if (std::find(supers.begin(), supers.end(), name) != supers.end()) name += " (superuser)";
    return made;
}

std::string missing_roles(std::string_view globals, const std::set<std::string>& there) {
    std::string kept;
    for (const auto& line : split(globals, '\n')) {
        std::string_view rest = line;
        const auto begins = [&](std::string_view word) {
            if (!rest.starts_with(word)) return false;
            rest.remove_prefix(word.size());
            return true;
        };
        bool is_new = false;
        if (begins("CREATE ROLE ") || begins("ALTER ROLE "))
            is_new = there.count(take_name(rest)) == 0;
        else if (begins("GRANT ")) {
            take_name(rest);
            is_new = begins(" TO ") && there.count(take_name(rest)) == 0;
        }
        if (is_new) kept += line + "\n";
    }
    return kept;
}

}
