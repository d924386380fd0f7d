#pragma once
#include "base/text.h"
#include "migrate/drivers/driver.h"
#include "support/catch.h"
#include <string>

// What the real tools printed: Alembic 1.20, Django 5.2, Flyway 11.8, on PostgreSQL 15.
namespace fairlead::test {

inline migrate::drivers::Seen seen(std::string out, std::vector<std::string> recorded) {
    migrate::drivers::Seen seen;
    seen.out = std::move(out);
    seen.address = "postgresql://db/shop";
    seen.records.is_there = true;
    for (auto& version : recorded) seen.records.rows.push_back({std::move(version)});
    return seen;
}

// "one:applied two:pending"
inline std::string states(const migrate::drivers::Standing& standing) {
    std::string text;
    for (const auto& one : standing.all)
        text += (text.empty() ? "" : " ") + one.version + ":" + std::string(name_of(one.state));
    return text;
}

inline std::string words(const Result<std::vector<migrate::drivers::Words>>& commands) {
    if (!commands.ok()) return commands.error().message;
    std::string text;
    for (const auto& one : commands.value()) text += (text.empty() ? "" : "; ") + join(one, " ");
    return text;
}

}
