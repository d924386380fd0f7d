#include "preflight/parts/django_settings.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/conf_values.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

bool is_settings(std::string_view path) {
    const auto name = file_name(path);
    const auto folder = folder_of(path);
    if (!name.ends_with(".py") || name.starts_with("test")) return false;
    return name == "settings.py" || name.starts_with("settings_") || file_name(folder) == "settings";
}

bool is_setting_name(std::string_view word) {
    return word.size() > 1 && std::all_of(word.begin(), word.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
           });
}

// Where the value that begins at `at` ends: at a line end outside of brackets and quotes.
std::size_t value_end(std::string_view text, std::size_t at) {
    int open = 0;
    for (char quote = '\0'; at < text.size(); ++at) {
        const char c = text[at];
        if (quote != '\0') {
            if (c == '\\') ++at;
            if (c == quote || c == '\n') quote = '\0';
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '#') {
            at = std::min(text.find('\n', at), text.size()) - 1;
        } else if (std::string_view("([{").find(c) != std::string_view::npos) {
            ++open;
        } else if (std::string_view(")]}").find(c) != std::string_view::npos) {
            --open;
        } else if (c == '\n' && open <= 0) {
            return at;
        }
    }
    return text.size();
}

// `from shop.settings import *` of another folder: the settings that these stand on, as a path; empty: none of ours.
std::string stands_on(const Project& project, const std::string& file, std::string_view text) {
    for (const auto& line : split(text, '\n')) {
        constexpr std::string_view from = "from ", all = " import *";
        const auto end = line.find(all);
        if (!line.starts_with(from) || end == line.npos || line[from.size()] == '.') continue;
        const auto path = replace_all(line.substr(from.size(), end - from.size()), ".", "/") + ".py";
        const auto other = std::find_if(project.paths.begin(), project.paths.end(), [&](const std::string& one) {
            return (one == path || one.ends_with("/" + path)) && folder_of(one) != folder_of(file) && is_settings(one);
        });
        if (other != project.paths.end()) return *other;
    }
    return {};
}

// `from .settings_local import *`, which only the server has.
bool is_overridden(const Project& project, const std::string& file, std::string_view text) {
    for (const auto& line : split(text, '\n')) {
        constexpr std::string_view from = "from .", all = " import *";
        const auto begin = line.find_first_not_of(" \t");
        const auto end = line.find(all);
        if (begin == line.npos || end == line.npos || line.compare(begin, from.size(), from) != 0) continue;
        const auto module = line.substr(begin + from.size(), end - begin - from.size());
        if (module.find("local") != module.npos && !project.has(path_in(folder_of(file), module + ".py"))) return true;
    }
    return false;
}

// MIDDLEWARE = ["x", *MIDDLEWARE]
bool names_star(std::string_view written, std::string_view name) {
    const auto star = "*" + std::string(name);
    const auto at = written.find(star);
    if (at == written.npos) return false;
    const auto end = at + star.size();
    return end == written.size() || std::string_view(" \t\n,]").find(written[end]) != std::string_view::npos;
}

void read_into(const std::string& file, std::string_view text, DjangoSettings& settings) {
    int line = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        ++line;
        const auto row = text.substr(begin, end - begin);
        const auto first = row.find_first_not_of(" \t");
        const auto equals = row.find('=');
        begin = end + 1;
        if (first == row.npos || equals == row.npos || equals == 0) continue;
        const bool adds = row[equals - 1] == '+';
        auto name = trim(row.substr(first, equals - first - (adds ? 1 : 0)));
        name = trim(name.substr(0, name.find(':')));
        if (!is_setting_name(name) || row.substr(equals, 2) == "==") continue;
        const auto from = static_cast<std::size_t>(row.data() - text.data()) + equals + 1;
        const auto stop = value_end(text, from);
        auto& setting = settings.all[std::string(name)];
        const auto written = trim(text.substr(from, stop - from));
        const bool goes_on = adds || names_star(written, name) || written.ends_with("+ " + std::string(name)) ||
                             written.starts_with(std::string(name) + " +"); // MIDDLEWARE = ['x'] + MIDDLEWARE
        const auto before = goes_on ? setting.text : std::string();
        setting = {file, line, before + std::string(written), first == 0};
        if (first == 0 && stop > end) { // the lines of the value
            line += static_cast<int>(std::count(text.begin() + static_cast<std::ptrdiff_t>(end),
                                                text.begin() + static_cast<std::ptrdiff_t>(stop), '\n'));
            begin = stop + 1;
        }
    }
}

// "x" or 'x', alone.
std::optional<std::string> quoted(std::string_view text) {
    if (text.size() < 2 || (text[0] != '"' && text[0] != '\'') || text.find(text[0], 1) != text.size() - 1)
        return std::nullopt;
    return std::string(text.substr(1, text.size() - 2));
}

// The arguments of a call, split at the commas outside of brackets and quotes.
std::vector<std::string> arguments(std::string_view text) {
    std::vector<std::string> all{""};
    int open = 0;
    char quote = '\0';
    for (const char c : text) {
        if (quote != '\0' ? c == quote : c == '"' || c == '\'') quote = quote == '\0' ? c : '\0';
        if (quote == '\0' && std::string_view("([{").find(c) != std::string_view::npos) ++open;
        if (quote == '\0' && std::string_view(")]}").find(c) != std::string_view::npos) --open;
        if (c == ',' && open == 0 && quote == '\0')
            all.emplace_back();
        else
            all.back() += c;
    }
    return all;
}

// What an expression comes to.
struct Computed {
    std::string text;
    bool is_text = false;       // of Python, where "False" is true
    bool from_variable = false; // an environment's: whoever reads it makes a word of it
};
Computed truth(bool is_true) { return {is_true ? "True" : "False"}; }

// Where `operation` stands outside of brackets and quotes.
std::size_t find_outside(std::string_view text, std::string_view operation) {
    int open = 0;
    char quote = '\0';
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (quote != '\0' ? c == quote : c == '"' || c == '\'') quote = quote == '\0' ? c : '\0';
        if (quote != '\0') continue;
        if (std::string_view("([{").find(c) != std::string_view::npos) ++open;
        if (std::string_view(")]}").find(c) != std::string_view::npos) --open;
        if (open == 0 && text.substr(at).starts_with(operation)) return at;
    }
    return text.npos;
}

class Evaluation {
  public:
    explicit Evaluation(const std::map<std::string, std::string>& variables) : variables_(variables) {}

    std::optional<Computed> of(std::string_view text, int depth = 0) const {
        constexpr int deepest = 8;
        text = trim(text);
        if (depth > deepest) return std::nullopt;
        if (const auto at = find_outside(text, "=="); at != text.npos) {
            const auto left = of(text.substr(0, at), depth + 1), right = of(text.substr(at + 2), depth + 1);
            return left && right ? std::optional(truth(left->text == right->text)) : std::nullopt;
        }
        if (const auto at = find_outside(text, " in "); at != text.npos)
            return is_in(of(text.substr(0, at), depth + 1), trim(text.substr(at + 4)));
        if (auto word = quoted(text)) return Computed{std::move(*word), true};
        const bool literal = text == "True" || text == "False" || text == "None" || text.starts_with('[') ||
                             text.starts_with('(') || text.find_first_not_of("0123456789_ *") == text.npos;
        if (literal) return Computed{std::string(text)};
        for (const std::string_view method : {".lower()", ".upper()", ".strip()", ".title()"})
            if (text.ends_with(method)) {
                auto inner = of(text.substr(0, text.size() - method.size()), depth + 1);
                if (inner && method == ".lower()") inner->text = lower(inner->text);
                if (inner && method == ".upper()") inner->text = upper(inner->text);
                return method == ".title()" ? std::nullopt : inner;
            }
        return call(text, depth);
    }

  private:
    static std::optional<Computed> is_in(const std::optional<Computed>& left, std::string_view list) {
        if (!left || list.size() < 2 || std::string_view("([{").find(list[0]) == std::string_view::npos)
            return std::nullopt;
        const auto items = arguments(list.substr(1, list.size() - 2));
        return truth(std::any_of(items.begin(), items.end(), [&](const std::string& item) {
            const auto word = trim(std::string_view(item));
            return quoted(word).value_or(std::string(word)) == left->text;
        }));
    }

    std::optional<Computed> variable(const std::string& name) const {
        const auto found = variables_.find(name);
        return found == variables_.end() ? std::nullopt : std::optional(Computed{found->second, true, true});
    }

    // env("X", default=…), env.bool("X", …), os.environ.get("X", …), os.getenv("X", …), config("X", default=…);
    // bool(), int() and str() of such.
    std::optional<Computed> call(std::string_view text, int depth) const {
        constexpr std::string_view subscript = "os.environ[";
        if (text.starts_with(subscript) && text.ends_with(']'))
            if (const auto name = quoted(text.substr(subscript.size(), text.size() - subscript.size() - 1)))
                return variable(*name);
        const auto open = text.find('(');
        if (open == text.npos || !text.ends_with(')')) return std::nullopt;
        const auto name = text.substr(0, open);
        const auto words = arguments(text.substr(open + 1, text.size() - open - 2));
        if (name == "int" || name == "str") {
            auto inner = of(words[0], depth + 1);
            if (inner) inner->is_text = name == "str"; // bool(int("0")) is False
            return inner;
        }
        if (name == "bool") {
            const auto inner = of(words[0], depth + 1);
            if (!inner) return std::nullopt;
            return truth(!inner->text.empty() && (inner->is_text || (inner->text != "False" && inner->text != "0")));
        }
        if (name != "env" && !name.starts_with("env.") && name != "os.environ.get" && name != "os.getenv" &&
            name != "config")
            return std::nullopt;
        const auto asked = quoted(trim(std::string_view(words[0])));
        if (!asked) return std::nullopt;
        if (auto found = variable(*asked)) return found;
        for (std::size_t index = 1; index < words.size(); ++index) {
            auto word = trim(std::string_view(words[index]));
            if (word.starts_with("cast")) continue;
            if (word.starts_with("default=")) word = trim(word.substr(8));
            if (auto text_of_it = quoted(word)) return Computed{std::move(*text_of_it), true};
            if (word == "True" || word == "False" || word == "None" || word == "[]") return Computed{std::string(word)};
        }
        return std::nullopt;
    }

    const std::map<std::string, std::string>& variables_;
};

}

const DjangoSetting* DjangoSettings::find(std::string_view name) const {
    const auto found = all.find(name);
    return found == all.end() ? nullptr : &found->second;
}

std::optional<std::string> DjangoSettings::value(std::string_view name) const {
    const auto* setting = find(name);
    if (setting == nullptr || !setting->known || overridden) return std::nullopt;
    std::string_view text = setting->text;
    if (const auto comment = text.find("  #"); comment != text.npos && text.find_first_of("'\"") > comment)
        text = trim(text.substr(0, comment));
    const auto outcome = Evaluation(variables).of(text);
    if (!outcome) return std::nullopt;
    if (!outcome->from_variable) return outcome->text;
    return is_true_word(outcome->text) ? "True" : is_false_word(outcome->text) ? "False" : outcome->text;
}

bool DjangoSettings::is_unknown(std::string_view name) const {
    return overridden || (find(name) != nullptr && !value(name));
}

std::string variable_behind(const DjangoSettings& settings, const DjangoSetting& setting) {
    const std::string_view text = setting.text;
    const auto reads = lower(text).find("env") != std::string::npos || text.find("config(") != text.npos;
    const auto quote = text.find_first_of("'\"");
    if (!reads || quote == 0 || quote == text.npos) return "";
    std::string name(text.substr(quote + 1, text.find(text[quote], quote + 1) - quote - 1));
    const bool is_name = !name.empty() && name == upper(name) && name.find(' ') == name.npos;
    return is_name && !settings.variables.contains(name) ? name : "";
}

bool is_written_by_workflow(const Project& project, const std::string& variable) {
    if (variable.empty()) return false;
    return std::any_of(project.workflows.begin(), project.workflows.end(), [&](const Workflow& one) {
        if (one.text.find(".env") == std::string::npos) return false;
        const auto lines = split(one.text, '\n');
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            const auto at = line.find(variable + "=");
            return at != line.npos &&
                   (at == 0 || std::string_view(" \"'").find(line[at - 1]) != std::string_view::npos) &&
                   line.find("secrets.", at) != line.npos;
        });
    });
}

namespace {

// The one of the modules that stands on `base`, and that wsgi.py, an image or a deployed stack names; empty: none.
std::string loaded_by_production(const Project& project, const std::vector<std::string>& files,
                                 const std::string& base) {
    const auto may_start = [&](const std::string& by) {
        const bool starts = file_name(by) == "wsgi.py" || file_name(by) == "asgi.py" || by.ends_with(".tf") ||
                            kind_of(by) == FileKind::dockerfile || kind_of(by) == FileKind::compose;
        return starts && profile_of(by) != Profile::development && !project.doubtful.contains(by);
    };
    const auto is_loaded = [&](const std::string& file) {
        if (file == base || environment_in(file).empty()) return false;
        const auto module = std::string(file_name(folder_of(file))) + "." +
                            std::string(file_name(file).substr(0, file_name(file).rfind('.')));
        return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
            const auto text = may_start(by) ? project.read(by) : std::nullopt;
            return text && text->find("DJANGO_SETTINGS_MODULE") != text->npos && holds_word(*text, module, '-');
        });
    };
    const auto found = std::find_if(files.begin(), files.end(), is_loaded);
    return found == files.end() ? "" : *found;
}

}

std::vector<DjangoSettings> django_settings(const Project& project) {
    std::map<std::string, std::vector<std::string>> folders;
    for (const auto& path : project.paths)
        if (is_settings(path) && profile_of(path) != Profile::development) folders[folder_of(path)].push_back(path);
    std::vector<DjangoSettings> found;
    for (auto& [folder, files] : folders) {
        // what others stand on comes first
        std::stable_sort(files.begin(), files.end(), [](const std::string& a, const std::string& b) {
            return environment_in(a).empty() && !environment_in(b).empty();
        });
        DjangoSettings settings;
        std::string whole;
        for (const auto& file : files) {
            if (profile_of(file) == Profile::staging) continue;
            const auto text = project.read(file);
            if (!text) continue;
            if (const auto other = stands_on(project, file, *text); !other.empty())
                read_into(other, project.read(other).value_or(""), settings);
            read_into(file, *text, settings);
            settings.overridden = settings.overridden || is_overridden(project, file, *text);
            whole += *text;
            if (settings.file.empty() || text->find("INSTALLED_APPS") != text->npos) settings.file = file;
        }
        if (whole.find("INSTALLED_APPS") == whole.npos) continue;
        for (const EnvValues& values : project.values) // env files stand before what wins over them
            if (values.profile == Profile::production && !project.doubtful.contains(values.file))
                for (const auto& one : values.all)
                    if (!is_default(values, one) || !is_secret_name(one.name)) // ${SECRET_KEY:-x}: none is set
                        settings.variables[one.name] = one.value;
        if (const auto loaded = loaded_by_production(project, files, settings.file); !loaded.empty())
            settings.file = loaded;
        found.push_back(std::move(settings));
    }
    return found;
}

Hit& add_setting(const DjangoSettings& settings, std::string_view name, Hits& hits, std::string message) {
    const auto* setting = settings.find(name);
    return setting == nullptr ? hits.add(settings.file, 1, 1, std::move(message))
                              : hits.add(setting->file, setting->line, 1, std::move(message));
}

}
