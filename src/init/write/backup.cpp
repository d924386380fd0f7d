#include "base/text.h"
#include "init/write/rows.h"
#include "init/write/text.h"
#include <fmt/format.h>

// What runs fairlead-backup without anybody's doing: every night, and a restore as a proof every week.
namespace fairlead::init {

namespace {

constexpr std::string_view nightly = "17 3 * * *", weekly = "17 4 * * 0";

std::string environment_of(const Writing& writing) {
    const auto all = environments(writing);
    const auto* one = production_of(all) ? production_of(all) : staging_of(all);
    return one ? one->name : std::string();
}

std::string with_environment(const Writing& writing) {
    const auto name = environment_of(writing);
    return name.empty() ? "" : " --env " + shell_line({name});
}

std::string unit(const Writing& writing, std::string_view what, const std::string& commands) {
    return fmt::format(
        R"(# Written by `fairlead init --backup`; yours to change. Copy it and its timer to /etc/systemd/system, then:
#   systemctl daemon-reload && systemctl enable --now {0}-{1}.timer
# The folder is that of fairlead.yml; DATABASE_URL and the keys of a store stand in /etc/{0}/backup.env (0600).
[Unit]
Description=fairlead-backup of {0}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory=/srv/{0}
EnvironmentFile=-/etc/{0}/backup.env
{2}Nice=10
IOSchedulingClass=idle
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
)",
        writing.project.name, what, commands);
}

std::string timer(const Writing& writing, std::string_view when) {
    return fmt::format(R"(# Written by `fairlead init --backup`; yours to change.
[Unit]
Description=When fairlead-backup of {} runs

[Timer]
OnCalendar={}
RandomizedDelaySec=15min
Persistent=true

[Install]
WantedBy=timers.target
)",
                       writing.project.name, when);
}

std::string line(const Writing& writing, std::string_view command) {
    return fmt::format("ExecStart=/usr/local/bin/fairlead-backup {}{}\n", command, with_environment(writing));
}

std::string compose(const Writing& writing) {
    const auto& file = writing.project.compose;
    return fmt::format(R"SH(# Written by `fairlead init --backup`; yours to change. Beside your own file:
#   docker compose -f {0} -f compose.backup.yml up -d backup
services:
  backup:
    image: postgres:17 # for pg_dump: as new as the server, or newer
    restart: unless-stopped
    init: true
    working_dir: /srv/app
    environment:
      DATABASE_URL: ${{DATABASE_URL:?the database's URL as the containers reach it}}
    volumes:
      - ./fairlead.yml:/srv/app/fairlead.yml:ro
      - /usr/local/bin/fairlead-backup:/usr/local/bin/fairlead-backup:ro
      - backups:/var/backups/{1}
      - unused:/var/lib/postgresql/data # the image's own; nothing is kept there
    entrypoint: [bash, -c]
    command: # every night; on Sundays the newest set is restored as a proof
      - |
        while :; do
          fairlead-backup run{2} --wait-lock 1h && fairlead-backup prune{2}
          [ "$$(date +%u)" != 7 ] || fairlead-backup verify --level 4{2}
          sleep 86400
        done
    healthcheck:
      test: [CMD, fairlead-backup, status, --max-age, 26h{3}]
      interval: 10m
      start_period: 10m
    security_opt: ["no-new-privileges:true"]
    deploy: {{resources: {{limits: {{memory: 1g, cpus: "1.0"}}}}}}
    logging: {{driver: json-file, options: {{max-size: 10m, max-file: "3"}}}}
volumes:
  backups: {{}}
  unused: {{}}
)SH",
                       file.empty() ? "compose.yml" : file, writing.project.name, with_environment(writing),
                       environment_of(writing).empty() ? "" : ", --env, " + yaml_scalar(environment_of(writing)));
}

Job job(const Writing& writing, const std::string& id, std::string_view not_when, std::vector<Act> steps) {
    const auto name = environment_of(writing);
    steps.insert(steps.begin(), check_out(1, ""));
    return {.id = id,
            .name = id,
            .minutes = 120,
            .permissions = {to_check_out},
            .condition = fmt::format("github.event.schedule != '{}'", not_when),
            .notes = {"On a machine that reaches the database and keeps its sets."},
            .runs_on = "self-hosted # zizmor: ignore[self-hosted-runner] by its timetable, or by hand",
            .environment = name.empty() ? "" : text(name).scalar,
            .steps = std::move(steps)};
}

std::string workflow(const Writing& writing) {
    const auto act = [&](const std::string& name, const std::string& command, Entries with = {}) {
        with.insert(with.begin(), {"command", {command}});
        if (const auto where = environment_of(writing); !where.empty()) with.push_back({"env", text(where)});
        auto one = our(writing, name, "backup", std::move(with));
        one.env.push_back({"DATABASE_URL", expression("secrets.DATABASE_URL")});
        return one;
    };
    return render_workflow(
        writing,
        {.name = title(writing.project, "backup"),
         .head = {"Written by `fairlead init --backup`; yours to change. A set every night, a proof every week."},
         .on = {"schedule:", fmt::format("  - cron: '{}'", nightly), fmt::format("  - cron: '{}'", weekly),
                "workflow_dispatch:"},
         .group = group_of(writing.project, "backup"),
         .waits = "one at a time, and never cut off",
         .folder = writing.project.folder,
         .jobs = {job(writing, "run", weekly,
                      {act("one set, read back", "run"), act("what no rule keeps goes", "prune")}),
                  job(writing, "verify", nightly, {act("the newest set restores", "verify", {{"level", {"4"}}})})}},
        Of::deployment);
}

}

std::vector<NewFile> write_backup(const Writing& writing) {
    const std::string prefix = "systemd/" + writing.project.name;
    std::vector<NewFile> all = {
        {prefix + "-backup.service",
         unit(writing, "backup", line(writing, "run --wait-lock 1h") + line(writing, "prune"))},
        {prefix + "-backup.timer", timer(writing, "*-*-* 03:17:00")},
        {prefix + "-backup-verify.service", unit(writing, "backup-verify", line(writing, "verify --level 4"))},
        {prefix + "-backup-verify.timer", timer(writing, "Sun *-*-* 04:17:00")},
        {"compose.backup.yml", compose(writing)}};
    if (writing.given.ci == Ci::github) all.push_back({workflow_path(writing, "backup"), workflow(writing)});
    return all;
}

std::string backup_section(std::string_view app, std::string_view sources) {
    return fmt::format("backup: # docs/backup.md\n"
                       "  stores: [{}]\n{}"
                       "  keep: {{days: 30, daily: 7, weekly: 4, monthly: 12, last: 3}}\n"
                       "  rpo: 8d # age of the newest proven set\n"
                       "  verify: {{every: 8d, level: 4}}\n",
                       yaml_scalar(fmt::format("file:/var/backups/{}", app)), sources);
}

}
