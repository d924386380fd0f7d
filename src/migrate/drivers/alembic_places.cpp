#include "base/text.h"
#include "migrate/drivers/alembic_files.h"
#include "read/ini.h"
#include "sys/data/json.h"
#include "sys/data/toml.h"
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

namespace {

// What a word like -c says in migrate.command: "-c x", "--config=x".
std::string said_by(const std::vector<std::string>& words, std::string_view small, std::string_view big) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if ((words[i] == small || words[i] == big) && i + 1 < words.size()) return words[i + 1];
        if (words[i].starts_with(std::string(big) + "=")) return words[i].substr(big.size() + 1);
    }
    return "";
}

class AlembicSearch {
  public:
    explicit AlembicSearch(const Project& project) : project_(project) {
        file_ = said_by(project.words, "-c", "--config");
        if (file_.empty()) file_ = project.variable("ALEMBIC_CONFIG");
        if (file_.empty()) file_ = "alembic.ini";
        section_ = said_by(project.words, "-n", "--name");
        if (section_.empty()) section_ = "alembic";
    }

    AlembicPlaces find() {
        read();
        if (ini_.settings.empty() && toml_.empty() && found_.unread.empty()) {
            unread(file_, 0, "is not there, or empty");
            return std::move(found_);
        }
        const auto script = value("script_location");
        if (script.empty()) {
            if (found_.unread.empty()) unread(file_, 0, "sets no script_location");
            return std::move(found_);
        }
        found_.script = folder_of(script, "script_location");
        if (value("sourceless") == "true")
            unread(file_, line_of("sourceless"), "sets sourceless: compiled revisions can't be read");
        found_.is_recursive = value("recursive_version_locations") == "true";
        const auto locations = version_locations();
        for (const auto& one : locations)
            if (auto folder = folder_of(one, "version_locations"); !folder.empty()) found_.folders.push_back(folder);
        if (locations.empty() && !found_.script.empty()) found_.folders.push_back(joined(found_.script, "versions"));
        return std::move(found_);
    }

  private:
    static std::string joined(const std::string& folder, const std::string& name) {
        return folder.empty() ? name : folder + "/" + name;
    }

    void unread(const std::string& file, int line, std::string message) {
        found_.unread.push_back({file, line, std::move(message)});
    }

    void read() {
        const auto at = project_.word.within(file_);
        const auto text =
            at ? project_.word.text(*at) : Result<std::optional<std::string>>(no("is outside of this repository"));
        if (!text.ok()) unread(file_, 0, text.error().message);
        if (text.ok() && text.value()) {
            ini_ = read::read_ini(*text.value());
            for (const auto& one : ini_.problems) unread(file_, one.line, one.message);
        }
        const auto project = project_.word.text("pyproject.toml");
        if (!project.ok() || !project.value()) return;
        const auto parsed = sys::parse_toml(*project.value(), "pyproject.toml");
        if (!parsed.ok()) return;
        const auto tool = parsed->find("tool");
        if (tool == parsed->end() || !tool->is_object()) return;
        if (const auto own = tool->find("alembic"); own != tool->end() && own->is_object()) toml_ = *own;
    }

    int line_of(std::string_view name) const {
        const auto* row = ini_.find(section_, name);
        return row == nullptr ? 0 : row->line;
    }

    // With %(here)s and its like filled in. Unread where somebody else gives the value.
    std::string filled(const std::string& text, int line, int depth = 0) {
        std::string done;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '%') {
                done += text[i];
            } else if (text.compare(i, 2, "%%") == 0) {
                done += '%';
                ++i;
            } else {
                const auto end = text.find(")s", i);
                const auto name = end == text.npos ? "" : lower(text.substr(i + 2, end - i - 2));
                const auto* row = ini_.find(section_, name);
                const auto here = (project_.word.folder() / file_).lexically_normal().parent_path().string();
                if (name == "here")
                    done += here;
                else if (row != nullptr && depth < 8)
                    done += filled(row->value, line, depth + 1);
                else {
                    unread(file_, line, fmt::format("'{}' can't be filled in", text));
                    return "";
                }
                if (end == text.npos) break;
                i = end + 1;
            }
        }
        return done;
    }

    std::string value(std::string_view name) {
        if (const auto* row = ini_.find(section_, name)) return filled(row->value, row->line);
        const auto row = toml_.find(std::string(name));
        if (row == toml_.end()) return "";
        if (row->is_boolean()) return row->get<bool>() ? "true" : "false";
        return row->is_string() ? filled(row->get<std::string>(), 0) : "";
    }

    std::vector<std::string> version_locations() {
        const auto* row = ini_.find(section_, "version_locations");
        std::vector<std::string> all;
        if (row == nullptr || row->value.empty()) {
            const auto list = toml_.find("version_locations");
            if (list != toml_.end() && list->is_array())
                for (const auto& one : *list)
                    if (one.is_string()) all.push_back(filled(one.get<std::string>(), 0));
            return all;
        }
        auto separator = value("path_separator");
        if (separator.empty()) separator = value("version_path_separator");
        auto text = filled(row->value, row->line);
        char sign = ' ';
        if (separator.empty())
            text = replace_all(replace_all(text, ",", " "), "\n", " ");
        else if (separator == "newline")
            sign = '\n';
        else if (separator == "os" || separator == ":")
            sign = ':';
        else if (separator == ";")
            sign = ';';
        else if (separator != "space")
            unread(file_, row->line, fmt::format("'{}' is not a known separator", separator));
        for (const auto& one : split(text, sign))
            if (const auto word = trim(std::string_view(one)); !word.empty()) all.emplace_back(word);
        return all;
    }

    // "migrations", "%(here)s/x", "package:migrations". Empty: it isn't known, and that was said.
    std::string folder_of(const std::string& said, std::string_view key) {
        auto path = said;
        if (!said.starts_with('/') && said.find(':') != said.npos) {
            const auto colon = said.find(':');
            const auto below =
                replace_all(said.substr(0, colon), ".", "/") + "/" + replace_all(said.substr(colon + 1), ":", "/");
            path = below;
            for (const std::string root : {"", "src/"})
                if (project_.word.has_folder(root + below)) path = root + below;
            if (!project_.word.has_folder(path)) {
                unread(file_, line_of(key), fmt::format("{}: the package of '{}' is not in this tree", key, said));
                return "";
            }
        }
        const auto within = project_.word.within(path);
        if (within) return within->empty() ? "." : *within;
        unread(file_, line_of(key), fmt::format("{}: '{}' is outside of this repository", key, said));
        return "";
    }

    const Project& project_;
    std::string file_, section_;
    read::IniFile ini_;
    sys::Json toml_ = sys::Json::object();
    AlembicPlaces found_;
};

}

AlembicPlaces alembic_places(const Project& project) { return AlembicSearch(project).find(); }

}
