#include "deploy/lacking.h"
#include "base/env_file.h"
#include "base/path.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/shell.h"
#include "base/text.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/user.h"
#include "deploy/direct/variables.h"
#include "deploy/direct/written.h"
#include "deploy/layout.h"
#include "deploy/record/record.h"
#include "deploy/release/store.h"
#include "deploy/way_back.h"
#include "project/processes.h"
#include "sys/account.h"
#include "sys/files/beneath.h"
#include "sys/git/program.h"
#include "sys/host.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr Milliseconds time_to_look{10'000};

class Search {
  public:
    Search(const Settings& settings, const sys::Environment& process) : settings_(settings), process_(process) {}

    std::vector<Lack> take() {
        look_at_env_file();
        if (settings_.target == "direct" && settings_.found_target.empty()) {
            look_at_user();
            look_at_ports();
            look_at_processes();
        }
        return std::move(found_);
    }

  private:
    void add(std::string text, bool stops = true) { found_.push_back({std::move(text), stops}); }

    // With a secret in it, and in git's reach: the next `git add` makes it everybody's.
    void look_at_env_file() {
        if (settings_.env_file.empty()) return;
        const auto text = sys::read_file(settings_.env_file, 1u << 20);
        if (!text.ok()) return; // told by who gathers the variables
        const auto lines = parse_env(text.value(), settings_.env_file);
        const bool secret = lines.ok() && std::any_of(lines->begin(), lines->end(), [](const auto& one) {
                                return is_secret(one.first, one.second) || holds_credentials(one.second);
                            });
        const auto folder = sys::Path(settings_.env_file).parent_path();
        if (!secret || !sys::tree_around(folder)) return;
        const auto asked =
            sys::run_git(folder.string(), {"check-ignore", "--quiet", "--", settings_.env_file}, sys::GitUse::fetch);
        constexpr int not_ignored = 1;
        if (!asked.ok() || asked->status != not_ignored) return;
        const auto name = sys::Path(settings_.env_file).filename().string();
        add(fmt::format(
            "env file '{}' holds secrets, and git would add it to the next commit; ignore it: echo {} >>.gitignore",
            one_line(name), shell_word(name)));
    }

    // Whether that user may pass `flag` of test(1) there; whoever can't become the user is told so elsewhere.
    bool may(char flag, const std::string& path) const {
        const auto user = target_user(settings_);
        if (!user.ok() || !user.value()) return true; // as ourselves: find_program() has looked
        const auto test = sys::find_program("/usr/bin/test");
        if (!test) return true;
        const auto done = sys::run({.argv = {*test, fmt::format("-{}", flag), path},
                                    .folder = "/",
                                    .timeout = time_to_look,
                                    .user = &*user.value(),
                                    .whose = sys::Whose::ours});
        return !done.ok() || done->status == 0;
    }

    std::string who() const { return settings_.user.empty() ? sys::own_user_name() : settings_.user; }

    // A bare name is looked for as the application will: in service_path, or in the PATH of env.file.
    void look_at_program(std::string_view key, const std::string& name, const std::string& path) {
        const bool inside = name.find('{') != name.npos || (name.find('/') != name.npos && !name.starts_with('/'));
        if (name.empty() || inside) return; // of the release
        const auto found = program_in(name, path, "/");
        if (!found) {
            if (key != "target.command") // that one is told by the target itself
                add(fmt::format("program '{}' of {} is not in the application's PATH; install it, or name its path",
                                one_line(name), key));
        } else if (!may('x', *found)) {
            add(fmt::format("{} may not run '{}' of {}: a folder above it is closed; move it to /usr/local/bin or /opt",
                            who(), *found, key));
        }
    }

    void look_at_user() {
        const auto path = path_in(application_environment(process_, nullptr, {}));
        if (!settings_.command.empty()) look_at_program("target.command", settings_.command.front(), path);
        for (const auto& one : settings_.prepare)
            if (!one.empty()) look_at_program("target.prepare", one.front(), path);
        for (const auto& one : settings_.processes)
            if (!one.command.empty()) look_at_program("target.processes." + one.name, one.command.front(), path);
        sys::Path there = settings_.root;
        while (there.has_parent_path() && there != there.parent_path() &&
               sys::inspect(there).type == sys::FileType::absent)
            there = there.parent_path();
        if (!may('x', there.string()))
            add(fmt::format("{} may not enter '{}', which holds target.root; choose a root below /srv or /opt", who(),
                            there.string()));
    }

    // Those of the slot that the next release takes; what serves keeps its own.
    void look_at_ports() {
        if (settings_.port == 0) return;
        const Store store(settings_.state, ledger::Damaged::passed_over);
        const auto state = store.state();
        const auto serving = state.ok() ? state->slot : std::string();
        const Variables none;
        const Layout layout{settings_.root, !settings_.user.empty() && sys::is_root()};
        const Written written{settings_, none, layout};
        for (int number = 1; number <= settings_.replicas; ++number) {
            const Instance next{serving == "a" ? "b" : "a", number, {}};
            const auto port = written.port_of(next);
            const auto use = sys::real_host().tcp_use(fmt::format("127.0.0.1:{}", port));
            const bool left = state.ok() && sys::inspect(layout.process(name_of(next))).type != sys::FileType::absent;
            if (port > 0 && use.ok() && use->listeners > 0 && !left)
                add(fmt::format(
                    "port {}, which the next release needs (target.port), is in use; stop what listens there, "
                    "or choose another target.port",
                    port));
        }
    }

    // What the team's own Procfile starts, and this deployment doesn't.
    void look_at_processes() {
        const auto text = sys::read_file(sys::Path(settings_.release_path) / "Procfile", 1u << 20);
        if (!text.ok()) return;
        for (const auto& line : project::procfile_lines(text.value())) {
            if (line.role == project::Role::web || line.role == project::Role::release) continue;
            const auto name = replace_all(lower(line.name), "-", "_");
            if (std::any_of(settings_.processes.begin(), settings_.processes.end(),
                            [&](const Process& one) { return one.name == name; }))
                continue;
            add(fmt::format("Procfile:{} has the process '{}', which nothing starts; write target.processes.{}: "
                            "{{command: [...]}}",
                            line.line, line.name, name),
                false);
        }
    }

    const Settings& settings_;
    const sys::Environment& process_;
    std::vector<Lack> found_;
};

}

std::vector<Lack> lacking(const Settings& settings, const sys::Environment& process) {
    return Search(settings, process).take();
}

Result<void> check_lacking(const Settings& settings, const sys::Environment& process) {
    auto all = lacking(settings, process);
    std::erase_if(all, [](const Lack& one) { return !one.stops; });
    if (all.empty()) return {};
    if (all.size() == 1) return usage(all.front().text);
    return usage(fmt::format("{} ({} more: {})", all.front().text, all.size() - 1, command_for(settings, "plan")));
}

}
