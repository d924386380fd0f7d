#include "sys/stream/tar.h"
#include "streams.h"
#include "support/catch.h"
#include "sys/process/process.h"
#include "sys/stream/behind.h"
#include "sys/stream/tar_header.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;
using namespace fairlead::sys::testing;

namespace {

TemporaryFolder new_folder() { return TemporaryFolder::make("fairlead-tar").value(); }

std::string archived(const Path& folder, TarNotes* notes = nullptr, const TarWriting& how = {}) {
    Kept kept;
    KeepingSink into(kept);
    auto told = write_tar(folder, how, into);
    if (!told.ok()) FAIL(told.error().message);
    if (notes) *notes = std::move(told).value();
    return kept.bytes;
}

// As a trusted archive: by root with all rights.
const TarReading whole{.privileges = TarReading::Privileges::kept};

Result<TarNotes> extracted(std::string bytes, const Path& folder, const TarReading& how = whole) {
    TextSource from(std::move(bytes), 1000);
    return extract_tar(from, "a/set", folder, how);
}

std::string why_not(std::string bytes) {
    const auto folder = new_folder();
    TextSource from(bytes);
    const auto walked = walk_tar(from, "a/set");
    const auto told = extracted(std::move(bytes), folder.path());
    REQUIRE_FALSE(told.ok());
    CHECK(told.error().kind == Kind::no);
    if (!walked.ok()) CHECK(walked.error().message == told.error().message);
    return told.error().message;
}

struct stat status_of(const std::string& path) {
    struct stat info {};
    INFO(path);
    REQUIRE(::lstat(path.c_str(), &info) == 0);
    return info;
}

void run_well(const std::vector<std::string>& argv, const std::string& folder = "") {
    const auto output = run({.argv = argv, .folder = folder});
    REQUIRE(output.ok());
    INFO(output->err);
    REQUIRE(output->status == 0);
}

// A folder with all that a volume can hold.
void fill(const Path& folder) {
    const std::string at = folder.string() + "/";
    const auto write = [&](const std::string& name, std::string_view text) {
        INFO(name);
        const int file = ::open((at + name).c_str(), O_WRONLY | O_CREAT | O_EXCL, 0644);
        REQUIRE(file >= 0);
        REQUIRE(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        ::close(file);
    };
    REQUIRE(::mkdir((at + "deep").c_str(), 0755) == 0);
    REQUIRE(::mkdir((at + "deep/" + std::string(200, 'd')).c_str(), 0755) == 0);
    write("deep/" + std::string(200, 'd') + "/" + std::string(200, 'f'), "far below\n");
    write("empty", "");
    write("block", std::string(512, 'b'));
    write("big", sample(1'000'000));
    write("new\nline", "1");
    write("quo'te\" and blank ", "2");
    write("not \xff\xfe utf-8", "3");
    write("umläut", "4");
    write("-rf", "5");
    write("only mine", "6");
    REQUIRE(::chmod((at + "only mine").c_str(), 0400) == 0);
    REQUIRE(::link((at + "big").c_str(), (at + "deep/other name of big").c_str()) == 0);
    REQUIRE(::symlink("../big", (at + "deep/link").c_str()) == 0);
    REQUIRE(::symlink(std::string(300, 'x').c_str(), (at + "dangling").c_str()) == 0);
    REQUIRE(::mkfifo((at + "pipe").c_str(), 0640) == 0);
    const int holes = ::open((at + "holes").c_str(), O_WRONLY | O_CREAT | O_EXCL, 0644);
    REQUIRE(::pwrite(holes, "middle", 6, 10 << 20) == 6);
    REQUIRE(::ftruncate(holes, 50 << 20) == 0);
    ::close(holes);
    const int hollow = ::open((at + "only a hole").c_str(), O_WRONLY | O_CREAT | O_EXCL, 0644);
    REQUIRE(::ftruncate(hollow, 5'000'001) == 0);
    ::close(hollow);
    ::setxattr((at + "big").c_str(), "user.of=us%", "a\0b\n", 4, 0);
    const timespec times[2] = {{981173106, 123456789}, {981173106, 123456789}};
    for (const char* name : {"big", "deep", "dangling"})
        REQUIRE(::utimensat(AT_FDCWD, (at + name).c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
    const timespec before[2] = {{-2, 500000000}, {-2, 500000000}};
    REQUIRE(::utimensat(AT_FDCWD, (at + "empty").c_str(), before, 0) == 0);
}

// Every path with what it is, as `find` and the digests of coreutils see it.
std::string seen(const Path& folder) {
    const auto output = run(
        {.argv =
             {"sh", "-c",
              "find . -printf '%p %y %m %U %G %n %T@ %l\\n' | sed 's/ d \\(.*\\) [0-9]* \\([-0-9.]* \\)$/ d \\1 \\2/' "
              "| sort; find . -type f -print0 | sort -z | xargs -0 sha256sum --zero | tr '\\0' '\\n'"},
         .folder = folder.string()});
    REQUIRE(output.ok());
    REQUIRE(output->status == 0);
    return output->out;
}

// One member of an archive that nobody would write.
std::string member(const std::string& name, char flag, const std::string& target = "",
                   const std::string& content = "") {
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
    char size[13];
    std::snprintf(size, sizeof size, "%011zo", content.size());
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, size);
    put(136, "00000000000");
    put(148, "        ");
    header[156] = flag;
    put(157, target);
    put(257, std::string("ustar\0", 6) + "00");
    unsigned sum = 0;
    for (const char one : header) sum += static_cast<unsigned char>(one);
    char text[8];
    std::snprintf(text, sizeof text, "%06o", sum);
    put(148, std::string(text, 6) + std::string(1, '\0'));
    return header + content + std::string((512 - content.size() % 512) % 512, '\0');
}
const std::string end_mark(1024, '\0');

}

TEST_CASE("a folder comes back byte for byte") {
    const auto from = new_folder(), to = new_folder();
    fill(from.path());
    TarNotes notes;
    const auto bytes = archived(from.path(), &notes);
    CHECK(notes.changed.empty());
    CHECK(notes.vanished.empty());
    CHECK(notes.left_out.empty());
    CHECK(bytes.size() < 1'200'000); // no holes
    const auto told = extracted(bytes, to.path());
    if (!told.ok()) FAIL(told.error().message);
    CHECK(seen(from.path()) == seen(to.path()));
    CHECK(told->entries == notes.entries);
    CHECK(told->bytes == notes.bytes);
    const auto holes = status_of((to.path() / "holes").string());
    CHECK(holes.st_size == 50 << 20);
    CHECK(holes.st_blocks * 512 < 1 << 20);
    CHECK(status_of((to.path() / "only a hole").string()).st_size == 5'000'001);
    char value[10];
    CHECK(::getxattr((to.path() / "big").c_str(), "user.of=us%", value, sizeof value) ==
          ::getxattr((from.path() / "big").c_str(), "user.of=us%", value, sizeof value));
    TextSource again(bytes);
    CHECK(walk_tar(again, "a/set")->entries == notes.entries);
    CHECK(archived(to.path()) == bytes);
}

TEST_CASE("what needs records of its own comes back, at each border of their length, and with owners of any size") {
    for (const std::size_t size :
         {80u, 87u, 88u, 89u, 90u, 91u, 980u, 987u, 988u, 989u, 990u, 9'986u, 9'987u, 9'988u}) {
        TarEntry entry;
        entry.path = "\x01" + std::string(size, 'a');
        entry.uid = 2'097'151;
        entry.gid = size % 2 == 0 ? 2'097'152 : 4'294'967'294;
        TextSource from(tar_header(entry) + end_mark);
        TarReader reader(from, "a set");
        const auto found = reader.next();
        INFO(size << " " << (found.ok() ? "" : found.error().message));
        REQUIRE(found.ok());
        CHECK(found.value()->path == entry.path);
        CHECK(found.value()->uid == entry.uid);
        CHECK(found.value()->gid == entry.gid);
        CHECK_FALSE(reader.next().value());
    }
}

TEST_CASE("what git archive writes before all members is passed over, and so is a volume's label") {
    const std::string comment = "52 comment=6fcf9dfbd479e82697fee719b9f8c610a11ff2a3\n";
    TextSource from(member("pax_global_header", 'g', "", comment) + member("label", 'V') + member("a", '0', "", "x") +
                    end_mark);
    TarReader reader(from, "a set");
    const auto found = reader.next();
    REQUIRE(found.ok());
    CHECK(found.value()->path == "a");
    CHECK(found.value()->size == 1);
    CHECK_FALSE(reader.next().value());
}

TEST_CASE("an owner's number that means another thing to the kernel is refused, a group's too") {
    for (const bool is_group : {false, true}) {
        TarEntry entry;
        entry.path = "a";
        (is_group ? entry.gid : entry.uid) = 4'294'967'295;
        TextSource from(tar_header(entry) + end_mark);
        CHECK(TarReader(from, "a set").next().error().message.find("an owner's number") != std::string::npos);
    }
}

TEST_CASE("GNU tar unpacks what we pack, and we what it packs") {
    const auto from = new_folder(), to = new_folder(), back = new_folder();
    fill(from.path());
    const auto file = (to.path() / "a.tar").string(), folder = (to.path() / "a").string();
    REQUIRE(write_file(file, archived(from.path())).ok());
    REQUIRE(::mkdir(folder.c_str(), 0755) == 0);
    run_well({"tar", "--xattrs", "--numeric-owner", "-xpf", file, "-C", folder});
    CHECK(seen(from.path()) == seen(folder));
    for (const char* format : {"posix", "gnu"}) {
        INFO(format);
        std::vector<std::string> argv = {"tar", "--format", format, "--numeric-owner", "--warning=no-timestamp"};
        if (std::string(format) == "posix") argv.insert(argv.end(), {"--sparse", "--xattrs"});
        argv.insert(argv.end(), {"-cf", file, "-C", from.path().string(), "."});
        run_well(argv);
        const auto into = back.path() / format;
        REQUIRE(::mkdir(into.c_str(), 0755) == 0);
        const auto told = extracted(read_file(file).value(), into);
        if (!told.ok()) FAIL(told.error().message);
        if (std::string(format) == "posix") CHECK(seen(from.path()) == seen(into));
        CHECK(status_of((into / "holes").string()).st_size == 50 << 20);
    }
}

TEST_CASE("a name that doesn't stay in its folder is refused") {
    const auto doesnt_stay = [](const std::string& name) {
        return "'a/set' is damaged: the name '" + name + "' doesn't stay in its folder";
    };
    for (const std::string name : {"/etc/passwd", "../up", "a/../../up", "a//b", "a/./b", ".."})
        CHECK(why_not(member(name, '0') + end_mark) == doesnt_stay(name));
    CHECK(why_not(member("deep/link", '2', "../../up") + end_mark) ==
          "'a/set': the link 'deep/link' leads out of its folder");
    CHECK(why_not(member("link", '2', "/etc") + end_mark) == "'a/set': the link 'link' leads out of its folder");
    CHECK(why_not(member("link", '1', "../up") + end_mark) ==
          "'a/set' is damaged: the hard link 'link' leads out of its folder");
    CHECK(why_not(member("link", '1', "nothing") + end_mark).find("which is not a file in it") != std::string::npos);
}

TEST_CASE("a link that was unpacked is never followed") {
    const auto outside = new_folder(), to = new_folder();
    const auto bytes = member("way", '2', outside.path().string()) + member("way/in", '0', "", "text") + end_mark;
    const auto told = extracted(bytes, to.path(), {TarReading::LeadingOut::kept});
    REQUIRE_FALSE(told.ok());
    CHECK(list_folder(outside.path()).value().empty());
    const auto other = new_folder();
    const auto over =
        member("file", '2', (outside.path() / "made").string()) + member("file", '0', "", "text") + end_mark;
    REQUIRE(extracted(over, other.path(), {TarReading::LeadingOut::kept}).ok());
    CHECK(read_file(other.path() / "file").value() == "text");
    CHECK(list_folder(outside.path()).value().empty());
}

TEST_CASE("links to the outside are told when they are packed, and kept when that is meant") {
    const auto from = new_folder(), to = new_folder();
    REQUIRE(::symlink("/etc/hostname", (from.path() / "host").c_str()) == 0);
    REQUIRE(::symlink("here", (from.path() / "inside").c_str()) == 0);
    TarNotes notes;
    const auto bytes = archived(from.path(), &notes);
    CHECK(notes.leading_out == std::vector<std::string>{"host"});
    CHECK_FALSE(extracted(bytes, to.path()).ok());
    const auto other = new_folder();
    CHECK(extracted(bytes, other.path(), {TarReading::LeadingOut::kept})->leading_out == notes.leading_out);
    CHECK(read_link(other.path() / "host").value() == "/etc/hostname");
}

TEST_CASE("what is cut off or changed is no archive") {
    const auto from = new_folder();
    REQUIRE(write_file(from.path() / "a", sample(3000)).ok());
    const auto bytes = archived(from.path());
    for (std::size_t size = 0; size < bytes.size(); size += 100) why_not(bytes.substr(0, size));
    CHECK(why_not(bytes + "rest") == "'a/set' is damaged: there is more data after its end");
    auto changed = bytes;
    changed[3] = 'x';
    CHECK(why_not(changed) == "'a/set' is damaged: a header's checksum is wrong");
    const auto with = [](const std::string& record) { // of 10 to 99 bytes with its length
        const std::string records = std::to_string(record.size() + 4) + " " + record + "\n";
        return member("PaxHeaders", 'x', "", records) + member("x", '0') + end_mark;
    };
    CHECK(why_not(with("mtime=1234567890123456789")) == "'a/set' is damaged: a time is malformed");
    CHECK(why_not(with("uid=4294967295")) == "'a/set' is damaged: an owner's number is not a number");
    CHECK(why_not(with("uid=0x1000")) == "'a/set' is damaged: a pax header is malformed");
    CHECK(why_not(member("x", 'S') + end_mark) == "'a/set' is damaged: 'x' is of a kind that can't be read here");
}

TEST_CASE("what is excluded is not packed, and sockets are left out aloud") {
    const auto from = new_folder();
    REQUIRE(::mkdir((from.path() / "cache").c_str(), 0755) == 0);
    REQUIRE(write_file(from.path() / "cache/x", "1").ok());
    REQUIRE(write_file(from.path() / "kept", "1").ok());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = (from.path() / "socket").string();
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    TarNotes notes;
    const auto bytes =
        archived(from.path(), &notes, {.excluded = [](std::string_view name) { return name == "cache"; }});
    ::close(server);
    CHECK(notes.left_out == std::vector<std::string>{"socket"});
    TextSource source(bytes);
    TarReader reader(source, "a/set");
    CHECK(reader.next().value()->path == ".");
    CHECK(reader.next().value()->path == "kept");
    CHECK_FALSE(reader.next().value());
}

TEST_CASE("a file that is written to meanwhile is read again, and told") {
    const auto from = new_folder(), to = new_folder();
    const auto path = (from.path() / "log").string();
    REQUIRE(write_file(path, sample(600'000)).ok());
    class Appending : public KeepingSink { // each time that something of the file passes
      public:
        Appending(Kept& kept, std::string file, int times) : KeepingSink(kept), file_(std::move(file)), left_(times) {}
        Result<void> write(std::string_view bytes) override {
            if (bytes.size() > 100'000 && left_-- > 0) {
                const int file = ::open(file_.c_str(), O_WRONLY | O_APPEND);
                CHECK(::write(file, "more\n", 5) == 5);
                ::close(file);
            }
            return KeepingSink::write(bytes);
        }

      private:
        std::string file_;
        int left_;
    };
    for (const int times : {1, 100}) {
        Kept kept;
        Appending into(kept, path, times);
        const auto notes = write_tar(from.path(), {}, into);
        CHECK(notes->changed.size() == (times == 1 ? 0 : 1));
        const auto folder = to.path() / std::to_string(times);
        REQUIRE(::mkdir(folder.c_str(), 0755) == 0);
        REQUIRE(extracted(kept.bytes, folder).ok());
        if (times == 1) CHECK(read_file(folder / "log").value() == read_file(path).value());
    }
}

TEST_CASE("one file alone is packed under its name") {
    const auto from = new_folder(), to = new_folder();
    REQUIRE(write_file(from.path() / "app.db", "content").ok());
    REQUIRE(extracted(archived(from.path() / "app.db"), to.path()).ok());
    CHECK(read_file(to.path() / "app.db").value() == "content");
    Kept kept;
    KeepingSink into(kept);
    CHECK(write_tar(from.path() / "absent", {}, into).error().kind == Kind::could_not);
}

TEST_CASE("an archive can be pulled") {
    const auto from = new_folder();
    fill(from.path());
    const auto source = written_by([&](Sink& into) -> Result<void> {
        TRY_VOID(write_tar(from.path(), {}, into));
        return {};
    });
    CHECK(read_all(*source, 64 << 20, "it").value() == archived(from.path()));
    const auto failing = written_by([](Sink& into) -> Result<void> {
        TRY_VOID(into.write("half"));
        return could_not("the disk is gone");
    });
    CHECK(read_all(*failing, 100, "it").error().message == "the disk is gone");
    { // one that is dropped ends
        const auto endless = written_by([](Sink& into) -> Result<void> {
            for (;;) TRY_VOID(into.write(std::string(100'000, 'x')));
        });
        char one = 0;
        CHECK(endless->read(std::span(&one, 1)).value() == 1);
    }
}
