#include "deploy/release/contents.h"
#include "deploy/release/release.h"
#include "support/catch.h"
#include "support/tar.h"
#include "sys/data/archive.h"
#include "sys/files/tree_builder.h"
#include "sys/process/process.h"
#include <cstdlib>
#include <sys/stat.h>

using namespace fairlead;
using namespace fairlead::deploy;
using fairlead::test::tar_of;
using fairlead::test::TarMember;

namespace {

// A folder with an archive, the place where it is unpacked, and one that nobody may write to.
struct Site {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-contents").value();
    sys::Path archive = folder.path() / "release.tar", made = folder.path() / "made",
              outside = folder.path() / "outside";
    ContentLimits limits;

    Site() { sys::make_folders(outside).value(); }
    void holds(const std::string& bytes) const { sys::write_file(archive, bytes, 0644, sys::Sync::no).value(); }

    // As a plan looks at it, and as a deployment makes it: both say the same.
    Result<std::vector<Entry>> look() const {
        sys::remove_tree(made).value();
        auto builder = sys::TreeBuilder::create(made).value();
        const auto unpacked = read_archive(archive, {}, limits, &builder);
        auto looked = read_archive(archive, {}, limits, nullptr);
        CHECK(looked.ok() == unpacked.ok());
        if (looked.ok() && unpacked.ok()) CHECK(digest_of(looked.value()) == digest_of(unpacked.value()));
        if (looked.ok()) {
            if (const auto links = check_links(looked.value()); !links.ok()) return links.error();
        }
        return looked;
    }
    bool untouched() const {
        return sys::list_folder(outside)->empty() && sys::list_folder(folder.path())->size() <= 3;
    }
};

unsigned mode_of(const sys::Path& path) { return sys::inspect(path).mode; }

std::string through(const std::string& program, const std::string& bytes) {
    return sys::run({.argv = {program, "-c"}, .input = bytes, .output_limit = 64u << 20})->out;
}

}

TEST_CASE("no member of an archive is made outside of the release's folder") {
    Site place;
    const auto there = place.outside.string();
    const std::string deep(300, 'x');
    const std::vector<std::pair<const char*, std::vector<TarMember>>> attempts{
        {"a name above it", {{"../outside/x", '0', "x"}}},
        {"a name that climbs in its middle", {{"a/../../outside/x", '0', "x"}}},
        {"an absolute name", {{there + "/x", '0', "x"}}},
        {"a folder above it", {{"../outside/d", '5'}}},
        {"a link out of it, absolute", {{"l", '2', "", there}}},
        {"a link out of it, relative", {{"l", '2', "", "../outside"}}},
        {"a link to a file of the system's settings", {{"l", '2', "", "/etc/shadow"}}},
        {"a link that begins well", {{"l", '2', "", "/usr/../etc/shadow"}}},
        {"a link that climbs behind a folder", {{"d", '5'}, {"d/l", '2', "", "../../outside"}}},
        {"a link that climbs behind another link",
         {{"a", '5'}, {"a/b", '5'}, {"up", '2', "", "a/b"}, {"a/b/l", '2', "", "../../../outside"}}},
        {"a link whose way is only longer by a link",
         {{"a", '5'}, {"a/up", '2', "", ".."}, {"a/l", '2', "", "up/../outside"}}},
        {"a file through a link", {{"l", '2', "", there}, {"l/x", '0', "x"}}},
        {"a file through a link that stays within", {{"d", '5'}, {"l", '2', "", "d"}, {"l/x", '0', "x"}}},
        {"a folder where a link is", {{"l", '2', "", there}, {"l", '5'}}},
        {"a link where a folder is", {{"d", '5'}, {"d", '2', "", there}}},
        {"a link without a target", {{"l", '2', "", ""}}},
        {"a hard link to what is outside", {{"h", '1', "", "../outside/x"}}},
        {"a hard link by an absolute name", {{"h", '1', "", "/etc/passwd"}}},
        {"a hard link to a link", {{"l", '2', "", "/etc/passwd"}, {"h", '1', "", "l"}}},
        {"a hard link to what comes later", {{"h", '1', "", "x"}, {"x", '0', "x"}}},
        {"a character device", {{"d", '3'}}},
        {"a block device", {{"d", '4'}}},
        {"a pipe", {{"d", '6'}}},
        {"a sparse file", {{"d", 'S'}}},
        {"a kind that is unknown", {{"d", 'Z'}}},
        {"a name that comes twice", {{"x", '0', "1"}, {"x", '0', "2"}}},
        {"a file below a file", {{"x", '0', "1"}, {"x/y", '0', "2"}}},
        {"a name that is too long", {{"long", 'L', deep}, {"x", '0', "x"}}},
        {"a long name that climbs", {{"long", 'L', std::string("../outside/x\0", 13)}, {"x", '0', "x"}}},
        {"a pax name that climbs", {{"pax", 'x', "21 path=../outside/x\n"}, {"x", '0', "x"}}},
        {"a pax link that climbs", {{"pax", 'x', "23 linkpath=../outside\n"}, {"x", '2'}}},
        {"a pax size that lies", {{"pax", 'x', "17 size=99999999\n"}, {"x", '0', "x"}}},
        {"a pax record that lies of its length", {{"pax", 'x', "99 path=x\n"}, {"x", '0', "x"}}},
        {"names with nothing between slashes", {{"a//b", '0', "x"}}},
    };
    for (const auto& [name, members] : attempts) {
        INFO(name);
        place.holds(tar_of(members));
        const auto found = place.look();
        CHECK_FALSE(found.ok());
        if (!found.ok()) CHECK(found.error().kind == Kind::no);
        CHECK(place.untouched());
    }
}

TEST_CASE("links that stay within a release are part of it, and so are those to the system's programs") {
    Site place;
    place.holds(tar_of({{"bin", '5'},
                        {"lib", '5'},
                        {"lib/tool.js", '0', "x"},
                        {"bin/tool", '2', "", "../lib/tool.js"},
                        {"current", '2', "", "lib"},
                        {"through", '2', "", "current/tool.js"},
                        {"python3", '2', "", "/usr/bin/python3"},
                        {"loop", '2', "", "loop"},
                        {"nowhere", '2', "", "not/here"},
                        {"h", '1', "", "lib/tool.js"}}));
    const auto found = place.look();
    REQUIRE(found.ok());
    CHECK(found->size() == 10);
    CHECK(sys::read_file(place.made / "h").value() == "x");
}

TEST_CASE("links that lead through each other for ever cost little") {
    const std::string folder(2000, 'a'); // what is looked at is counted in letters
    std::vector<Entry> entries{{folder, 'd', "", 0}};
    const int many = 4000;
    for (int i = 0; i < many; ++i)
        entries.push_back({"l" + std::to_string(i), 'l', "l" + std::to_string((i + 1) % many), 0});
    CHECK(check_links(entries).ok()); // the kernel gives up after forty
    std::string wide;
    for (int i = 0; i < 100; ++i) wide += folder + "/../";
    for (int i = 0; i < 400; ++i)
        entries.push_back({"w" + std::to_string(i), 'l', wide + "w" + std::to_string(i / 2), 0});
    CHECK_FALSE(check_links(entries).ok());
}

TEST_CASE("what is unpacked has our modes, whatever the archive and the umask say") {
    Site place;
    place.holds(tar_of({{"d", '5', "", "", 07777},
                        {"suid", '0', "x", "", 06777},
                        {"open", '0', "x", "", 0666},
                        {"closed", '0', "x", "", 0000},
                        {"d/tool", '0', "x", "", 0700},
                        {"h", '1', "", "suid", 06777}}));
    for (const mode_t mask : {0000u, 0027u, 0077u}) {
        const auto before = ::umask(mask);
        CHECK(place.look().ok());
        ::umask(before);
        CHECK(mode_of(place.made) == 0700);
        CHECK(mode_of(place.made / "d") == 0755);
        CHECK(mode_of(place.made / "suid") == 0755);
        CHECK(mode_of(place.made / "h") == 0755);
        CHECK(mode_of(place.made / "open") == 0644);
        CHECK(mode_of(place.made / "closed") == 0644);
        CHECK(mode_of(place.made / "d/tool") == 0755);
    }
}

TEST_CASE("rights that a release asks for are named and never given") {
    Site place;
    const std::string record = "SCHILY.xattr.security.capability=x\n", own = "SCHILY.xattr.user.note=x\n";
    const auto with = [](const std::string& text) { return std::to_string(text.size() + 3) + " " + text; };
    place.holds(tar_of({{"d", '5', "", "", 02755},
                        {"suid", '0', "x", "", 06755},
                        {"h", '1', "", "suid", 06755},
                        {"x", 'x', with(record) + with(own)},
                        {"able", '0', "x", "", 0755},
                        {"x", 'x', with("SCHILY.acl.access=user::rwx\n")},
                        {"listed", '0', "x", "", 0644},
                        {"plain", '0', "x", "", 0755}}));
    const auto dropped = dropped_of(place.look().value());
    CHECK(dropped.counts() == "access list 1, capabilities 1, set-group-id 3, set-user-id 2");
    CHECK(dropped.lines() == "  'able': capabilities\n  'd': set-group-id\n  'h': set-user-id, set-group-id\n"
                             "  'listed': access list\n  'suid': set-user-id, set-group-id\n");
    CHECK(mode_of(place.made / "d") == 0755);
    CHECK(mode_of(place.made / "able") == 0755);
    place.holds(tar_of({{"plain", '0', "x", "", 01777}}));
    CHECK(dropped_of(place.look().value()).paths == 0);
}

TEST_CASE("an archive that was cut off anywhere is no release") {
    Site place;
    const auto whole = tar_of({{"a", '0', std::string(600, 'a')}, {"b", '0', "b"}});
    for (std::size_t size = 0; size + 1024 < whole.size() + 512; size += 37) {
        place.holds(whole.substr(0, size));
        INFO(size);
        CHECK_FALSE(read_archive(place.archive, {}, place.limits, nullptr).ok());
    }
    const auto packed = through("gzip", whole);
    for (std::size_t size = 0; size < packed.size(); size += 3) {
        place.holds(packed.substr(0, size));
        INFO(size);
        CHECK_FALSE(read_archive(place.archive, {}, place.limits, nullptr).ok());
    }
}

TEST_CASE("an archive is read in each of the forms that programs write") {
    Site place;
    const auto source = place.folder.path() / "source";
    const auto deep = source / std::string(60, 'd') / std::string(60, 'e') / std::string(90, 'f');
    sys::make_folders(deep).value();
    sys::write_file(deep / "gr\u00fc\u00dfe \xff.txt", std::string(3000, 'x')).value();
    sys::write_file(source / "run", "#!", 0755).value();
    sys::replace_symlink("run", source / "link").value();
    const auto wanted = digest_of(list_folder_entries(source, {}, {}).value());
    for (const auto* format : {"gnu", "posix", "oldgnu"}) {
        INFO(format);
        REQUIRE(sys::run({.argv = {"tar", "-cf", place.archive.string(), std::string("--format=") + format, "-C",
                                   source.string(), "."}})
                    ->status == 0);
        const auto found = read_archive(place.archive, {}, place.limits, nullptr);
        REQUIRE(found.ok());
        CHECK(digest_of(found.value()) == wanted);
        const auto plain = sys::read_file(place.archive).value();
        for (const auto* program : {"gzip", "bzip2", "xz", "zstd"}) {
            if (!sys::find_program(program)) continue;
            INFO(program);
            const auto packed = through(program, plain);
            place.holds(packed);
            const auto same = read_archive(place.archive, {}, place.limits, nullptr);
            REQUIRE(same.ok());
            CHECK(digest_of(same.value()) == wanted);
            auto broken = packed;
            for (std::size_t i = broken.size() / 3; i < broken.size() * 2 / 3; ++i) broken[i] = '\x55';
            place.holds(broken);
            CHECK_FALSE(read_archive(place.archive, {}, place.limits, nullptr).ok());
            place.holds(plain);
        }
    }
}

TEST_CASE("a release over a limit is refused with the key that raises it, over one of size before it is written") {
    Site place;
    place.limits = {.bytes = 10'000, .files = 5, .ratio = 100};
    const auto refused = [&](const std::string& bytes, const char* key) {
        place.holds(bytes);
        const auto found = place.look();
        REQUIRE_FALSE(found.ok());
        INFO(found.error().message);
        CHECK(found.error().message.find(key) != std::string::npos);
        if (place.limits.bytes < 1u << 20) CHECK(sys::inspect(place.made / "big").type == sys::FileType::absent);
    };
    refused(tar_of({{"a", '0', "x"}, {"big", '0', std::string(10'000, 'x')}}), "release.max_size");
    refused(tar_of({{"1", '0'}, {"2", '0'}, {"3", '0'}, {"4", '0'}, {"5", '0'}, {"6", '0'}}), "release.max_files");
    refused(tar_of({{"1/2/3/4/5/6", '5'}}), "release.max_files");
    place.limits.bytes = 1ull << 40;
    refused(through("gzip", tar_of({{"big", '0', std::string(50u << 20, '\0')}})), "release.max_ratio");
    place.limits.ratio = 100'000;
    CHECK(place.look().ok());
    std::vector<TarMember> names; // nothing but headers
    for (int i = 0; i < 20; ++i) names.push_back({"n", 'g', "11 path=xx\n"});
    place.holds(tar_of(names));
    CHECK_FALSE(place.look().ok());
}

TEST_CASE("a member's name is one line of a message, whatever is in it") {
    const Site place;
    const std::string evil = "q\n::error::x\x1b[2J";
    for (const auto& members : std::vector<std::vector<TarMember>>{{{"/" + evil, '0', "x"}},
                                                                   {{"../" + evil, '0', "x"}},
                                                                   {{evil + "/./x", '0', "x"}},
                                                                   {{evil, '6'}},
                                                                   {{evil, '0', "1"}, {evil, '0', "2"}},
                                                                   {{evil, '0', "1"}, {evil + "/x", '0', "2"}},
                                                                   {{evil, '1', "", evil + "2"}},
                                                                   {{evil, '2', "", ""}},
                                                                   {{evil, '2', "", "/etc/" + evil}}}) {
        place.holds(tar_of(members));
        const auto looked = place.look();
        REQUIRE_FALSE(looked.ok());
        INFO(looked.error().message);
        CHECK(looked.error().message.find_first_of("\n\x1b") == std::string::npos);
        CHECK(looked.error().message.find("q\\n::error::x\\u001b[2J") != std::string::npos);
    }
}

TEST_CASE("a hard link over the limit is refused before it is made") {
    Site place;
    place.limits.files = 2;
    place.holds(tar_of({{"f", '0', "x"}, {"g", '0', "x"}, {"h", '1', "", "f"}}));
    CHECK_FALSE(place.look().ok());
    CHECK(sys::inspect(place.made / "g").type == sys::FileType::file);
    CHECK(sys::inspect(place.made / "h").type == sys::FileType::absent);
}

TEST_CASE("a look at an archive writes nothing") {
    Site place;
    place.holds(tar_of({{"app.py", '0', "print(1)"}}));
    const auto before = sys::list_folder(place.folder.path()).value();
    const std::string folder = std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "";
    ::setenv("TMPDIR", place.outside.c_str(), 1);
    Settings settings;
    settings.release_path = place.archive.string();
    settings.root = "/srv/elsewhere";
    CHECK(read_release(settings, "1", "").ok());
    folder.empty() ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", folder.c_str(), 1);
    CHECK(place.untouched());
    CHECK(sys::list_folder(place.folder.path()).value() == before);
}

TEST_CASE("a release that can't be made leaves nothing, and one that changed meanwhile is refused") {
    Site place;
    Settings settings;
    settings.release_path = place.archive.string();
    settings.root = "/srv/elsewhere";
    place.holds(tar_of({{"app.py", '0', "print(1)"}}));
    const auto release = read_release(settings, "1", "").value();
    place.holds(tar_of({{"app.py", '0', "print(2)"}}));
    CHECK_FALSE(build_release(settings, release, place.made).ok());
    CHECK(sys::inspect(place.made).type == sys::FileType::absent);
    place.holds(tar_of({{"app.py", '0', "print(1)"}, {"z", '3'}}));
    CHECK_FALSE(build_release(settings, release, place.made).ok());
    CHECK(sys::inspect(place.made).type == sys::FileType::absent);
    place.holds(tar_of({{"app.py", '0', "print(1)"}}));
    CHECK(build_release(settings, release, place.made).ok());
}

TEST_CASE("a folder is copied as it was read, with our modes, and no link in it is followed") {
    Site place;
    const auto source = place.folder.path() / "source";
    sys::make_folders(source / "d").value();
    sys::write_file(source / "d/run", "#!").value();
    std::filesystem::permissions(source / "d/run", std::filesystem::perms(06777));
    Settings settings;
    settings.release_path = source.string();
    settings.root = "/srv/elsewhere";
    const auto release = read_release(settings, "1", "").value();
    CHECK(dropped_of(release.entries).lines() == "  'd/run': set-user-id, set-group-id\n");
    REQUIRE(build_release(settings, release, place.made).ok());
    CHECK(mode_of(place.made) == 0700);
    CHECK(mode_of(place.made / "d/run") == 0555);
    sys::remove_tree(place.made).value();
    // Between the look and the copy the folder becomes a link to somewhere else with a file of that name.
    sys::write_file(place.outside / "run", "#!").value();
    sys::rename_path(source / "d", source / "kept").value();
    sys::replace_symlink(place.outside, source / "d").value();
    CHECK_FALSE(build_release(settings, release, place.made).ok());
    CHECK_FALSE(read_release(settings, "1", "").ok()); // and now it leads out
}
