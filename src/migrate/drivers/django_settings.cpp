#include "base/text.h"
#include "migrate/drivers/django_files.h"
#include "read/python/python.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::migrate::drivers {

namespace {

using read::PythonBinding;
using read::PythonValue;

std::string as_path(std::string_view module) { return replace_all(std::string(module), ".", "/"); }

// The settings module with what it takes from others of this tree.
class SettingsModule {
  public:
    explicit SettingsModule(const Project& project) : project_(project) {}

    // Nothing: it isn't known, or isn't in the tree.
    bool read() {
        const auto module = module_name();
        if (module.empty()) return false;
        file_ = file_of(as_path(module));
        if (file_.empty()) return false;
        bindings_ = gathered(file_, 0);
        return true;
    }
    const std::string& file() const { return file_; }
    const std::vector<PythonBinding>& bindings() const { return bindings_; }

  private:
    std::string module_name() const {
        for (std::size_t i = 0; i < project_.words.size(); ++i) {
            if (project_.words[i].starts_with("--settings=")) return project_.words[i].substr(11);
            if (project_.words[i] == "--settings" && i + 1 < project_.words.size()) return project_.words[i + 1];
        }
        std::string by_default;
        const auto text = project_.word.text("manage.py");
        if (text.ok() && text.value()) {
            for (const auto& call : read::read_python(*text.value()).calls) {
                const bool is_set = call.text == "os.environ.__setitem__" || call.text == "environ.__setitem__";
                const bool is_default = call.text == "os.environ.setdefault" || call.text == "environ.setdefault";
                if ((!is_set && !is_default) || call.items.size() < 2 || call.items[0].text != "DJANGO_SETTINGS_MODULE")
                    continue;
                if (call.items[1].kind != PythonValue::Kind::text) return "";
                if (is_set) return call.items[1].text;
                by_default = call.items[1].text;
            }
        }
        const auto said = project_.variable("DJANGO_SETTINGS_MODULE");
        return said.empty() ? by_default : said;
    }

    std::string file_of(const std::string& path) const {
        for (const std::string root : {"", "src/"})
            for (const std::string end : {".py", "/__init__.py"})
                if (project_.word.has_file(root + path + end)) return root + path + end;
        return "";
    }

    // from .base import …, as a file of this tree; empty: it is none.
    std::string imported(const std::string& from, const std::string& module) const {
        if (!module.starts_with('.')) return file_of(as_path(module));
        auto folder = sys::Path(from).parent_path();
        std::size_t dots = 1;
        for (; dots < module.size() && module[dots] == '.'; ++dots) folder = folder.parent_path();
        return file_of((folder / as_path(module.substr(dots))).lexically_normal().generic_string());
    }

    std::vector<PythonBinding> gathered(const std::string& file, int depth) {
        constexpr int deepest = 8;
        std::vector<PythonBinding> all;
        const auto text = project_.word.text(file);
        if (!text.ok() || !text.value() || depth > deepest || ++files_ > 40) return all;
        auto module = read::read_python(*text.value());
        std::set<std::pair<int, std::string>> taken;
        for (const auto& one : module.imports) {
            const auto from = imported(file, one.module);
            if (from.empty()) continue;
            const bool is_all = one.names == std::vector<std::string>{"*"};
            for (auto& binding : gathered(from, depth + 1)) {
                const bool is_named = std::find(one.names.begin(), one.names.end(), binding.name) != one.names.end();
                if (!is_all && !is_named) continue;
                taken.emplace(one.line, binding.name);
                all.push_back(std::move(binding));
            }
        }
        for (auto& binding : module.bindings)
            if (!taken.contains({binding.value.line, binding.name})) all.push_back(std::move(binding));
        return all;
    }

    const Project& project_;
    std::string file_;
    std::vector<PythonBinding> bindings_;
    int files_ = 0;
};

struct Installed {
    std::vector<std::string> names;
    int unsure = 0; // line of what is no plain value; 0: all of it is
    bool is_there = false;
};

Installed installed(const std::vector<PythonBinding>& bindings) {
    Installed found;
    for (const auto& one : bindings) {
        if (one.name != "INSTALLED_APPS") continue;
        found.is_there = true;
        if (!one.adds && !one.is_maybe) found = {{}, 0, true};
        auto alone = one;
        alone.adds = alone.is_maybe = false;
        const auto value = value_of({alone}, one.name, bindings);
        if (value.kind != PythonValue::Kind::list) found.unsure = std::max(1, one.value.line);
        for (const auto& item : value.items)
            if (item.kind == PythonValue::Kind::text)
                found.names.push_back(item.text);
            else
                found.unsure = std::max(1, one.value.line);
    }
    return found;
}

class Apps {
  public:
    explicit Apps(const Project& project) : project_(project) {}

    DjangoProject find() {
        look_around();
        SettingsModule settings(project_);
        const bool is_read = settings.read();
        const auto listed = is_read ? installed(settings.bindings()) : Installed{};
        found_.knows_apps = listed.is_there && listed.unsure == 0;
        if (found_.knows_apps) {
            for (const auto& name : listed.names) take(name);
        } else {
            found_.unread.push_back({is_read ? settings.file() : "manage.py", std::max(listed.unsure, 0),
                                     is_read ? "INSTALLED_APPS is not a plain list; every app of this tree counts"
                                             : "names no settings module of this tree; every app of this tree counts",
                                     false});
            for (const auto& [folder, has_package] : folders_) add(folder, "");
        }
        swap_user(settings, is_read);
        move_modules(settings);
        return std::move(found_);
    }

  private:
    // Folders of apps that have migrations.
    void look_around() {
        const auto walk = project_.word.walk("");
        if (!walk.is_whole)
            found_.unread.push_back({"", 0,
                                     "the tree has more than 100,000 files, or folders more than 12 levels deep; not "
                                     "all of it was looked at",
                                     false});
        for (const auto& file : walk.files) {
            const sys::Path path(file);
            if (path.parent_path().filename() != "migrations" || path.extension() != ".py") continue;
            auto& has_package = folders_[path.parent_path().parent_path().generic_string()];
            has_package = has_package || path.filename() == "__init__.py";
        }
    }

    struct AppConfig {
        std::string name, label;
    };
    // Of apps.py: the class that is named, else the only one.
    AppConfig config_of(const std::string& folder, std::string_view klass) const {
        AppConfig config;
        const auto text = project_.word.text(folder.empty() ? "apps.py" : folder + "/apps.py");
        if (!text.ok() || !text.value()) return config;
        const auto module = read::read_python(*text.value());
        std::size_t count = 0;
        for (const auto& one : module.classes) {
            const auto name = value_of(one.bindings, "name", module.bindings);
            if (klass.empty() ? name.kind != PythonValue::Kind::text : one.name != klass) continue;
            const auto label = value_of(one.bindings, "label", module.bindings);
            config = {name.kind == PythonValue::Kind::text ? name.text : "",
                      label.kind == PythonValue::Kind::text ? label.text : ""};
            ++count;
        }
        return count == 1 ? config : AppConfig();
    }

    void add(const std::string& folder, std::string_view klass) {
        const auto migrations = folder.empty() ? std::string("migrations") : folder + "/migrations";
        const auto label = config_of(folder, klass).label;
        const auto last = label.empty() ? sys::Path(folder).filename().string() : label;
        if (!folders_[folder]) {
            found_.unread.push_back({migrations, 0, "has no __init__.py, so Django reads no migrations there", false});
            return;
        }
        const bool is_known = std::any_of(found_.apps.begin(), found_.apps.end(),
                                          [&](const DjangoApp& one) { return one.label == last; });
        if (!is_known) found_.apps.push_back({last, migrations});
    }

    // "shop", "shop.apps.ShopConfig", "apps.shop"; a folder further up may be on Python's path.
    void take(const std::string& name) {
        std::string best, klass;
        std::size_t longest = 0;
        for (const auto& [folder, has_package] : folders_) {
            const auto dotted = replace_all(folder, "/", ".");
            for (std::size_t from = 0; from < dotted.size();) {
                const auto tail = std::string_view(dotted).substr(from);
                const auto rest = name.starts_with(tail) ? std::string_view(name).substr(tail.size()) : "?";
                const auto last = rest.substr(rest.rfind('.') == rest.npos ? 0 : rest.rfind('.') + 1);
                const bool is_class =
                    rest.starts_with('.') && !last.empty() && last.front() >= 'A' && last.front() <= 'Z';
                if ((rest.empty() || is_class) && tail.size() > longest) {
                    longest = tail.size();
                    best = folder;
                    klass = is_class ? last : "";
                }
                const auto dot = dotted.find('.', from);
                from = dot == dotted.npos ? dotted.size() : dot + 1;
            }
        }
        if (longest > 0) return add(best, klass);
        found_.elsewhere.push_back(name);
    }

    void swap_user(const SettingsModule& settings, bool is_read) {
        const auto model = value_of(settings.bindings(), "AUTH_USER_MODEL");
        if (model.kind == PythonValue::Kind::text) {
            found_.user.first = model.text.substr(0, model.text.find('.'));
        } else if (model.line != 0) {
            found_.user.first.clear();
            found_.unread.push_back(
                {settings.file(), model.line,
                 "AUTH_USER_MODEL is not a plain value; the order of the migrations that depend on it may differ",
                 false});
        } else if (!is_read) {
            found_.user.first.clear();
        }
    }

    void move_modules(const SettingsModule& settings) {
        const auto moved = value_of(settings.bindings(), "MIGRATION_MODULES");
        if (moved.line == 0) return;
        const auto unread = [&] {
            found_.unread.push_back({settings.file(), moved.line, "MIGRATION_MODULES is not a plain value"});
        };
        if (moved.kind != PythonValue::Kind::map) return unread();
        for (std::size_t i = 0; i + 1 < moved.items.size(); i += 2) {
            const auto &label = moved.items[i], &module = moved.items[i + 1];
            if (label.kind != PythonValue::Kind::text ||
                (module.kind != PythonValue::Kind::text && module.kind != PythonValue::Kind::none))
                return unread();
            std::erase_if(found_.apps, [&](const DjangoApp& one) { return one.label == label.text; });
            const auto folder = as_path(module.text);
            if (module.kind == PythonValue::Kind::text && project_.word.has_folder(folder))
                found_.apps.push_back({label.text, folder});
        }
    }

    const Project& project_;
    std::map<std::string, bool> folders_; // whether its migrations are a package
    DjangoProject found_;
};

}

DjangoProject django_project(const Project& project) { return Apps(project).find(); }

}
