#include "chain/emergency.h"
#include "base/printable.h"
#include "base/shell.h"
#include "base/text.h"
#include "config/change.h"
#include "config/config.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace fairlead::chain {

namespace {

constexpr std::uint64_t longest_page = 1u << 20;

struct Site {
    std::string name; // as --env takes it; empty: there is one place, without a name
    bool production = true, deploys = true, components = false, backs_up = true, smokes = true;
};

std::string command(const std::string& words, const std::string& what) {
    return fmt::format("  {:<62} {}\n", words, "# " + what);
}

std::string commands(const Site& site) {
    const std::string where = site.name.empty() ? "" : " --env " + shell_word(site.name);
    const std::string sure = site.production && !site.name.empty() ? " --confirm " + shell_word(site.name) : "";
    std::string text;
    if (site.deploys) {
        text += command("fairlead-deploy status" + where, "what serves");
        text += command("fairlead-deploy rollback" + where + sure, "the previous release serves again");
        text += command("fairlead-deploy history" + where, "lists deployments, with time and user");
    }
    if (site.backs_up) {
        text +=
            command("fairlead-backup status" + where, "lists the backup sets, and the data that a restore would lose");
        if (site.components) {
            text += command("fairlead-deploy down" + where + sure + " --component NAME",
                            "the data is gone: stop all writes first");
            text += command("fairlead-backup restore latest --to original --overwrite" + where + sure, "bring it back");
        } else {
            text +=
                command("fairlead recover" + where + " --dry-run", "shows what the next command does; changes nothing");
            text += command("fairlead recover" + where + sure, "the data is gone: bring it back");
        }
    }
    if (site.smokes) text += command("fairlead-smoke" + where, "checks whether it works again");
    return text;
}

// Where fairlead.yml has no tool for it: of a compose file of production's.
std::string by_compose(const sys::Path& root) {
    for (const char* name : {"docker-compose.prod.yml", "compose.prod.yml", "compose.production.yml"}) {
        if (!sys::read_file(root / name, longest_page).ok()) continue;
        const bool has_env = sys::read_file(root / ".env.production", longest_page).ok();
        const auto compose = fmt::format("docker compose {}-f {}", has_env ? "--env-file .env.production " : "", name);
        return command(compose + " ps", "shows the containers and their health") +
               command(compose + " logs --since 10m", "shows the last log lines") +
               command(compose + " restart", "starts it again with the same images");
    }
    return "  fairlead.yml has no deploy or backup section here\n";
}

std::vector<Site> sites_of(const config::Config& config) {
    std::vector<Site> sites;
    auto names = config.environments();
    if (names.empty()) names.emplace_back();
    for (const auto& name : names) {
        const auto has = [&](const char* tool) { return config.section(tool, name).present(); };
        sites.push_back({name, config.profile(name) == config::Profile::production, has("deploy"),
                         config.section("deploy", name)["components"].present(), has("backup"), has("smoke")});
    }
    std::stable_partition(sites.begin(), sites.end(), [](const Site& site) { return site.production; });
    return sites;
}

// fairlead-deploy finds what was deployed without any fairlead.yml.
std::string on_this_host(const std::string& folder) {
    constexpr Milliseconds patience{10'000};
    const auto looked = sys::run({.argv = {sys::tool_program("fairlead-deploy"), "status", "--format", "text"},
                                  .folder = folder,
                                  .timeout = patience,
                                  .keep_partial = true,
                                  .whose = sys::Whose::ours});
    if (looked.ok() && looked->status == 0 && !looked->timed_out) return looked->out;
    constexpr int none_found = 2; // deploy/show/found.h
    const std::string way_out = "go to the folder of the\n"
                                "project, or name a target's root: fairlead-deploy status --root FOLDER\n";
    if (looked.ok() && looked->status == none_found && !looked->timed_out)
        return "There is no fairlead.yml here or above, and no target was found on this host: " + way_out;
    const auto why = !looked.ok() ? looked.error().message
                     : looked->timed_out
                         ? fmt::format("fairlead-deploy was not done after {}", format_duration(patience))
                         : fmt::format("fairlead-deploy ended with status {}: {}", looked->status, trim(looked->err));
    return fmt::format(
        "There is no fairlead.yml here or above, and this host could not be searched for targets:\n{}; {}",
        printable(why), way_out);
}

// The rows of a table of Markdown, as they stand.
std::string rows_of(const std::string& page) {
    std::string rows;
    for (const auto& line : split(page, '\n'))
        if (const auto row = trim(std::string_view(line)); row.starts_with('|') && row.find("--") == row.npos)
            rows += "  " + printable(std::string(row)) + "\n";
    return rows;
}

std::string pages(const sys::Path& folder) {
    std::string text = "whom to call";
    std::string rows;
    for (const char* name : {"docs/contacts.md", "contacts.md", "CONTACTS.md"}) {
        const auto page = sys::read_file(folder / name, longest_page);
        if (!page.ok()) continue;
        rows = rows_of(page.value());
        text += fmt::format(" ({})", name);
        break;
    }
    text += "\n" + (rows.empty() ? "  no contacts: write docs/contacts.md, a table of name, role and phone\n" : rows);
    for (const char* name : {"docs/runbook.md", "RUNBOOK.md", "runbook.md"})
        if (sys::read_file(folder / name, longest_page).ok())
            return text + fmt::format("\nthe complete runbook: {}\n", name);
    return text;
}

}

std::string emergency(const std::string& folder) {
    const config::Change ours; // who types this reads the file that lies here, whatever job it is
    const auto config = config::load({.folder = folder, .change = &ours});
    std::string text = "An emergency: the commands to type, and the people to call. Nothing was run or changed.\n";
    std::vector<Site> sites;
    sys::Path root(folder);
    if (!config.ok()) {
        const auto& place = config.error().place;
        text += fmt::format("\n{}:{}: {}\nso these are general commands; NAME is the environment\n", place.file,
                            place.line, config.error().message);
        sites = {{.name = "NAME"}};
    } else if (!config->present()) {
        text += "\n" + on_this_host(folder);
        sites = {{.name = "NAME"}};
    } else {
        sites = sites_of(config.value());
        root = sys::Path(config->folder());
    }
    for (const auto& site : sites) {
        const auto lines = commands(site);
        text += fmt::format("\n{}\n{}", site.name.empty() ? config->app() : site.name,
                            lines.empty() ? by_compose(root) : lines);
    }
    return text + "\n" + pages(root);
}

}
