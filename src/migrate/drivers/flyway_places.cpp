#include "base/text.h"
#include "migrate/drivers/flyway_files.h"
#include "read/ini.h"
#include "sys/data/json.h"
#include "sys/data/toml.h"
#include <fmt/format.h>
#include <map>

namespace fairlead::migrate::drivers {

namespace {

struct SaidSetting {
    std::string value, file;
    int line = 0;
};

class FlywaySearch {
  public:
    explicit FlywaySearch(const Project& project) : project_(project) {}

    FlywayPlaces find() {
        for (const auto* file : flyway_files) read(file);
        for (const std::string name : {"locations", "sqlmigrationprefix", "sqlmigrationseparator",
                                       "sqlmigrationsuffixes", "repeatablesqlmigrationprefix", "outoforder"})
            if (const auto said = project_.variable(variable_of(name)); !said.empty())
                settings_[name] = {said, variable_of(name), 0};
        set("sqlmigrationprefix", found_.prefix);
        set("sqlmigrationseparator", found_.separator);
        set("repeatablesqlmigrationprefix", found_.repeatable);
        if (const auto said = settings_.find("sqlmigrationsuffixes"); said != settings_.end())
            found_.suffixes = split(said->second.value, ',');
        if (const auto said = settings_.find("outoforder"); said != settings_.end())
            found_.out_of_order = lower(said->second.value) == "true";
        const auto locations = settings_.find("locations");
        found_.is_by_dir = locations == settings_.end() && !project_.dir.empty();
        if (found_.is_by_dir) {
            add("filesystem:" + project_.dir, {"", "fairlead.yml", 0});
            return std::move(found_);
        }
        const SaidSetting said =
            locations == settings_.end() ? SaidSetting{"filesystem:sql", "flyway.conf", 0} : locations->second;
        for (const auto& one : split(said.value, ','))
            if (const auto place = trim(std::string_view(one)); !place.empty()) add(std::string(place), said);
        return std::move(found_);
    }

  private:
    static std::string variable_of(const std::string& name) {
        static const std::map<std::string, std::string> names = {
            {"locations", "FLYWAY_LOCATIONS"},
            {"sqlmigrationprefix", "FLYWAY_SQL_MIGRATION_PREFIX"},
            {"sqlmigrationseparator", "FLYWAY_SQL_MIGRATION_SEPARATOR"},
            {"sqlmigrationsuffixes", "FLYWAY_SQL_MIGRATION_SUFFIXES"},
            {"repeatablesqlmigrationprefix", "FLYWAY_REPEATABLE_SQL_MIGRATION_PREFIX"},
            {"outoforder", "FLYWAY_OUT_OF_ORDER"}};
        return names.at(name);
    }

    void set(const std::string& name, std::string& value) const {
        if (const auto said = settings_.find(name); said != settings_.end()) value = said->second.value;
    }

    void read(const std::string& file) {
        const auto text = project_.word.text(file);
        if (!text.ok()) return found_.unread.push_back({file, 0, text.error().message});
        if (!text.value()) return;
        if (file.ends_with(".toml")) return read_toml(file, *text.value());
        for (const auto& one : read::read_ini(*text.value()).settings)
            if (one.name.starts_with("flyway.")) settings_[one.name.substr(7)] = {one.value, file, one.line};
    }

    void read_toml(const std::string& file, std::string_view text) {
        const auto parsed = sys::parse_toml(text, file);
        if (!parsed.ok()) return found_.unread.push_back({file, 0, parsed.error().message});
        const auto section = parsed->find("flyway");
        if (section == parsed->end() || !section->is_object()) return;
        for (const auto& [key, value] : section->items()) {
            std::vector<std::string> words;
            if (value.is_string()) words.push_back(value.get<std::string>());
            if (value.is_boolean()) words.emplace_back(value.get<bool>() ? "true" : "false");
            for (const auto& one : value.is_array() ? value : sys::Json::array())
                if (one.is_string()) words.push_back(one.get<std::string>());
            settings_[lower(key)] = {join(words, ","), file, 0};
        }
    }

    void add(const std::string& location, const SaidSetting& said) {
        const auto colon = location.find(':');
        const auto kind = colon == location.npos ? "classpath" : location.substr(0, colon);
        auto path = colon == location.npos ? location : location.substr(colon + 1);
        if (kind == "classpath") path = "src/main/resources/" + path;
        const bool is_known = kind == "filesystem" || kind == "classpath";
        const auto within =
            is_known && path.find_first_of("*?$") == path.npos ? project_.word.within(path) : std::nullopt;
        if (within && (kind == "filesystem" || project_.word.has_folder(*within)))
            return found_.folders.push_back(within->empty() ? "." : *within);
        found_.unread.push_back(
            {said.file, said.line, fmt::format("location '{}' is not a folder of this tree", location)});
    }

    const Project& project_;
    std::map<std::string, SaidSetting> settings_; // names in small letters, without "flyway."
    FlywayPlaces found_;
};

}

FlywayPlaces flyway_places(const Project& project) { return FlywaySearch(project).find(); }

}
