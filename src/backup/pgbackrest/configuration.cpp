#include "backup/pgbackrest/configuration.h"
#include "backup/stores/address.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/account.h"
#include "sys/files/files.h"
#include "sys/permit.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::pgbackrest {
namespace {

constexpr std::string_view written_by_us = "# Written by fairlead-backup pitr-enable";
constexpr std::uint64_t longest = 1u << 20; // bytes of a configuration

using Lines = std::vector<std::pair<std::string, std::string>>; // option, value

std::string first_of(const World& world, std::initializer_list<const char*> names, const std::string& fallback) {
    for (const char* name : names)
        if (const auto value = world.variables.get(name); value && !value->empty()) return *value;
    return fallback;
}

std::string folder_in(const StoreAddress& address, const Job& job) {
    std::string path = address.path;
    if (!path.starts_with('/')) path = "/" + path; // of a bucket
    if (!path.ends_with('/')) path += '/';
    return path + job.app + "/pgbackrest" + (job.environment.empty() ? "" : "/" + job.environment);
}

Result<Lines> s3_repository(const StoreAddress& address, const World& world) {
    const auto region =
        address.region.empty() ? first_of(world, {"AWS_REGION", "AWS_DEFAULT_REGION"}, "us-east-1") : address.region;
    auto endpoint =
        address.endpoint.empty() ? first_of(world, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}, "") : address.endpoint;
    const bool is_amazon = endpoint.empty();
    if (is_amazon) endpoint = fmt::format("https://s3.{}.amazonaws.com", region);
    constexpr std::string_view secure = "https://";
    if (!endpoint.starts_with(secure))
        return usage(fmt::format("pgBackRest reaches a bucket only by https, and the endpoint of {} is not https; name "
                                 "an https endpoint, or another store",
                                 address.shown()));
    const auto id = world.variables.get("AWS_ACCESS_KEY_ID"), key = world.variables.get("AWS_SECRET_ACCESS_KEY");
    if (!id || !key)
        return usage(fmt::format("{} can't be opened without keys; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                                 address.shown()));
    Lines lines = {{"type", "s3"},
                   {"s3-bucket", address.bucket},
                   {"s3-endpoint", endpoint.substr(secure.size())},
                   {"s3-region", region},
                   {"s3-uri-style", is_amazon ? "host" : "path"},
                   {"s3-key", *id},
                   {"s3-key-secret", *key}};
    if (const auto token = first_of(world, {"AWS_SESSION_TOKEN"}, ""); !token.empty())
        lines.emplace_back("s3-token", token);
    if (const auto roots = first_of(world, {"AWS_CA_BUNDLE"}, ""); !roots.empty())
        lines.emplace_back("storage-ca-file", roots);
    return lines;
}

// The first of the keys that ssh itself would try, and that is there.
Result<std::string> private_key(const StoreAddress& address) {
    const auto user = TRY(sys::find_user(sys::own_user_name()));
    for (const char* name : {"id_ed25519", "id_ecdsa", "id_rsa"})
        if (const auto path = sys::Path(user.home) / ".ssh" / name; sys::inspect(path).type == sys::FileType::file)
            return path.string();
    return usage(fmt::format("pgBackRest reaches {} only with an SSH key of '{}', and there is no key in {}/.ssh; make "
                             "a key: ssh-keygen -t ed25519",
                             address.shown(), user.name, user.home));
}

Result<Lines> sftp_repository(const StoreAddress& address, const Program& program) {
    if (const auto why = lacks(program.version, Feature::sftp); !why.empty())
        return usage(fmt::format("{} can't be a repository: {}, or name a folder or a bucket", address.shown(), why));
    if (!address.config.empty() || !address.path.starts_with('/'))
        return usage(fmt::format("pgBackRest doesn't read ssh's configuration, so it can't reach {}; write "
                                 "ssh://USER@HOST/PATH with a path from the root",
                                 address.shown()));
    const auto key = TRY(private_key(address));
    Lines lines = {{"type", "sftp"},
                   {"sftp-host", address.host},
                   {"sftp-host-user", address.user.empty() ? sys::own_user_name() : address.user},
                   {"sftp-private-key-file", key},
                   {"sftp-host-key-hash-type", "sha256"}};
    if (!address.port.empty()) lines.emplace_back("sftp-host-port", address.port);
    return lines;
}

Result<Lines> repository(const std::string& url, const Job& job, const Program& program) {
    const auto address = TRY(parse_store(url));
    Lines lines;
    switch (address.kind) {
    case StoreAddress::Kind::file: lines = {{"type", "posix"}}; break;
    case StoreAddress::Kind::s3: lines = TRY(s3_repository(address, job.world)); break;
    case StoreAddress::Kind::ssh: lines = TRY(sftp_repository(address, program)); break;
    }
    lines.emplace_back("path", folder_in(address, job));
    return lines;
}

Result<Lines> encryption(const Job& job, const SourceSettings& source) {
    const auto& encrypt = job.settings.encrypt;
    const auto& variable = source.passphrase_env.empty() ? encrypt.passphrase_env : source.passphrase_env;
    if (variable.empty() && !encrypt.to.empty())
        return usage(fmt::format("pgBackRest encrypts only with a passphrase, and backup.encrypt.to names keys of age; "
                                 "write passphrase_env: NAME at source '{}'",
                                 source.name),
                     source.place);
    if (variable.empty()) return Lines();
    const auto passphrase = job.world.variables.get(variable);
    if (passphrase && !passphrase->empty()) return Lines{{"cipher-type", "aes-256-cbc"}, {"cipher-pass", *passphrase}};
    return usage(fmt::format("variable '{}', which holds the passphrase of source '{}', is not set; set it", variable,
                             source.name),
                 source.place);
}

// Of `keep` the rules that pgBackRest has: how far back, or so many.
Result<Lines> retention(const Job& job) {
    const auto& keep = job.settings.keep;
    constexpr Milliseconds day = std::chrono::hours(24);
    const auto days =
        keep.pitr.count() > 0 ? std::max<std::int64_t>(1, (keep.pitr + day - Milliseconds(1)) / day) : keep.days;
    if (days > 0) return Lines{{"retention-full-type", "time"}, {"retention-full", fmt::format("{}", days)}};
    if (keep.last > 0) return Lines{{"retention-full", fmt::format("{}", keep.last)}};
    if (keep.is_empty()) return Lines();
    return usage("pgBackRest keeps backups by age or by number, and backup.keep has neither; write keep: {pitr: 14d}");
}

Lines compression(const Job& job) {
    using Kind = sys::Compression::Kind;
    const auto compression = job.settings.compression();
    if (compression.kind == Kind::none) return {{"compress-type", "none"}};
    return {{"compress-type", compression.kind == Kind::zstd ? "zst" : "gz"},
            {"compress-level", fmt::format("{}", compression.level)}};
}

// A line of the file is one option: what breaks lines would be another one.
Result<void> add(std::string& text, const std::string& prefix, const Lines& lines) {
    for (const auto& [option, value] : lines) {
        const bool is_line = std::none_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20; });
        if (!is_line || value.empty() || trim(std::string_view(value)) != value)
            return usage(fmt::format("pgBackRest's {}{} can't be written: its value is empty, or has control "
                                     "characters or blanks at its ends",
                                     prefix, option));
        text += fmt::format("{}{}={}\n", prefix, option, value);
    }
    return {};
}

}

SourceSettings with_defaults(const SourceSettings& source, const Job& job) {
    auto filled = source;
    if (filled.stanza.empty()) filled.stanza = job.app + (job.environment.empty() ? "" : "-" + job.environment);
    if (!filled.config.empty()) {
        filled.config = (job.world.folder / filled.config).lexically_normal().string();
        return filled;
    }
    const auto user = sys::find_user(sys::own_user_name());
    const auto home = user.ok() ? user->home : std::string("/var/lib/postgresql");
    filled.config = fmt::format("{}/pgbackrest-{}.conf", home, filled.stanza);
    return filled;
}

Result<std::string> write_configuration(const Job& job, const SourceSettings& source, const Program& program,
                                        const std::optional<ClusterPlace>& cluster) {
    std::string text = fmt::format("{} from fairlead.yml, and written anew by it.\n[global]\n", written_by_us);
    const auto encrypted = TRY(encryption(job, source)), kept = TRY(retention(job));
    for (std::size_t at = 0; at < job.settings.stores.size(); ++at) {
        const auto prefix = fmt::format("repo{}-", at + 1);
        const auto lines = TRY(repository(job.settings.stores[at], job, program));
        for (const auto& one : {lines, encrypted, kept}) TRY_VOID(add(text, prefix, one));
    }
    TRY_VOID(add(text, "", compression(job)));
    const auto beside = [&](const char* end) { return sys::Path(source.config).replace_extension(end).string(); };
    TRY_VOID(add(text, "",
                 {{"process-max", fmt::format("{}", source.jobs)},
                  {"start-fast", "y"},
                  {"log-level-file", "off"},
                  {"lock-path", beside(".lock")},
                  {"spool-path", beside(".spool")}}));
    text += fmt::format("\n[{}]\n", source.stanza);
    if (cluster)
        TRY_VOID(add(text, "pg1-",
                     {{"path", cluster->data},
                      {"socket-path", cluster->socket},
                      {"port", cluster->port},
                      {"user", cluster->user},
                      {"database", cluster->database}}));
    return text;
}

Result<void> save_configuration(const SourceSettings& source, const std::string& text) {
    TRY_VOID(sys::ask(sys::Act::change_store, source.config));
    return sys::write_file(source.config, text, 0600);
}

std::string without_secrets(const std::string& text) {
    std::string shown;
    for (const auto& line : split(text, '\n')) {
        const auto equals = line.find('=');
        const auto option = line.substr(0, equals);
        const bool is_secret =
            option.ends_with("-cipher-pass") || option.ends_with("-key-secret") || option.ends_with("-token");
        shown += (is_secret ? option + "=***" : line) + "\n";
    }
    return shown.substr(0, shown.size() - 1);
}

Result<WrittenBy> written_by(const sys::Path& file) {
    if (sys::inspect(file).type == sys::FileType::absent) return WrittenBy::nobody;
    const auto text = TRY(sys::read_file(file, longest));
    return text.starts_with(written_by_us) ? WrittenBy::us : WrittenBy::others;
}

std::string value_in(const std::string& text, const std::string& stanza, const std::string& key) {
    std::string section, global;
    for (const auto& raw : split(text, '\n')) {
        const auto line = trim(std::string_view(raw));
        if (line.starts_with('[') && line.ends_with(']')) section = line.substr(1, line.size() - 2);
        const auto equals = line.find('=');
        if (line.starts_with('#') || equals == line.npos || trim(line.substr(0, equals)) != key) continue;
        const std::string value(trim(line.substr(equals + 1)));
        if (section == stanza) return value;
        if (section == "global") global = value;
    }
    return global;
}

}
