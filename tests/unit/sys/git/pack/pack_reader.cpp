#include "sys/git/pack/pack_reader.h"
#include "unit/sys/git_sandbox.h"
#include <map>

// Packs as git writes them, and as nobody should.

using namespace fairlead;
using namespace fairlead::test;

namespace {

// A history of which all is in one pack, with deltas of deltas.
class Packed : public Sandbox {
  public:
    explicit Packed(const std::string& how = "repack -q -a -d -f --depth=20 --window=20") {
        for (int i = 0; i < 300; ++i) lines_.push_back("line " + std::to_string(i * i));
        for (int i = 0; i < 20; ++i) {
            lines_[static_cast<std::size_t>(i * 13)] += " changed";
            lines_.erase(lines_.begin() + i);
            commit("f", join(lines_, "\n"));
        }
        git(how);
    }
    Path objects() const { return Path(folder) / ".git" / "objects"; }
    Path one(const std::string& extension) const {
        for (const auto& entry : fs::directory_iterator(objects() / "pack"))
            if (entry.path().extension() == extension) return entry.path();
        return {};
    }
    // Changes a file of the pack, which git makes read-only.
    void alter(const std::string& extension, const std::function<void(std::string&)>& how) const {
        const Path path = one(extension);
        std::string bytes = read(path.string());
        how(bytes);
        fs::permissions(path, fs::perms::owner_all);
        std::ofstream(path, std::ios::binary) << bytes;
    }

  private:
    Strings lines_;
};

ObjectId raw_id(const std::string& hex) {
    ObjectId id{};
    for (std::size_t i = 0; i < id.size(); ++i)
        id[i] = static_cast<unsigned char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
    return id;
}

std::string read_one(const std::vector<PackFile>& packs, const std::string& hex, std::size_t kept = 1 << 20) {
    PackReader reader(packs, kept);
    const auto object = reader.read(raw_id(hex), 1 << 20);
    return object ? std::string(object->bytes->view()) : "nothing";
}

Strings all_ids(const Sandbox& box) {
    Strings ids;
    for (const std::string& line : split(box.ask("rev-list --all --objects"), '\n'))
        if (line.size() >= 40) ids.push_back(line.substr(0, 40));
    return ids;
}

// The contents as they are handed out, each after its base.
std::map<std::string, std::string> all_stored(const Repository& repository, const Strings& ids) {
    CommitFiles files(repository);
    std::vector<bool> wanted(files.numbers(), true);
    std::map<std::uint32_t, std::string> by_number;
    REQUIRE(files
                .each_stored(wanted,
                             [&](const StoredContent& one) -> Result<void> {
                                 const std::string text(one.bytes.data(), one.bytes.size());
                                 CHECK(by_number.emplace(one.number, text).second);
                                 CHECK((one.copied == nullptr) == (one.depth == 0));
                                 for (std::size_t i = 0; one.copied && i < one.copied->size(); ++i) {
                                     const Copied& copy = (*one.copied)[i];
                                     const std::string from = by_number.at(one.base).substr(copy.base, copy.size);
                                     CHECK(text.substr(copy.begin, copy.size) == from);
                                 }
                                 return {};
                             })
                .ok());
    std::map<std::string, std::string> by_id;
    for (const std::string& id : ids) {
        const auto number = files.number_of(raw_id(id));
        if (number && by_number.contains(*number)) by_id[id] = by_number[*number];
    }
    return by_id;
}

}

TEST_CASE("objects of a pack are as git gives them, however little is kept") {
    for (const std::string how : {"repack -q -a -d -f --depth=20 --window=20",
                                  "-c repack.usedeltabaseoffset=false repack -q -a -d -f --depth=20 --window=20"}) {
        INFO(how);
        const Packed box(how);
        const auto packs = packs_of(box.objects());
        REQUIRE(packs.size() == 1);
        std::size_t deltas = 0;
        for (std::uint32_t place = 0; place < packs[0].count(); ++place) {
            CHECK(packs[0].find(packs[0].id(place)) == place);
            deltas += packs[0].entry(packs[0].offset(place))->is_delta();
        }
        CHECK(deltas > 10);
        for (const std::string& id : all_ids(box)) {
            box.shell("git cat-file $(git cat-file -t " + id + ") " + id + " > .git/content");
            const std::string expected = read(box.folder + "/.git/content");
            CHECK(read_one(packs, id) == expected);
            CHECK(read_one(packs, id, 0) == expected);
        }
        CHECK(read_one(packs, std::string(40, '1')) == "nothing");
        CHECK(all_stored(box.open(), all_ids(box)).size() == 20);
    }
}

TEST_CASE("packs of alternates count, and a circle of them ends") {
    const Packed other;
    Sandbox box;
    box.write(".git/objects/info/alternates", other.objects().string() + "\n");
    const Path objects = Path(box.folder) / ".git" / "objects";
    CHECK(packs_of(objects).size() == 1);
    other.write(".git/objects/info/alternates", objects.string() + "\n# none\n");
    CHECK(packs_of(objects).size() == 1);
    fs::remove(objects / "info" / "alternates");
    CHECK(packs_of(objects).empty());
}

TEST_CASE("a pack that is cut short, or isn't that of its index, isn't read here") {
    const Packed box;
    const auto is_read = [&](const std::string& extension, const std::function<void(std::string&)>& how) {
        std::string before;
        box.alter(extension, [&](std::string& bytes) {
            before = bytes;
            how(bytes);
        });
        const bool read = packs_of(box.objects()).size() == 1;
        box.alter(extension, [&](std::string& bytes) { bytes = before; });
        return read;
    };
    CHECK(is_read(".pack", [](std::string&) {}));
    CHECK_FALSE(is_read(".pack", [](std::string& bytes) { bytes.resize(bytes.size() - 1); }));
    CHECK_FALSE(is_read(".pack", [](std::string& bytes) { bytes.resize(20); }));
    CHECK_FALSE(is_read(".pack", [](std::string& bytes) { bytes.clear(); }));
    CHECK_FALSE(is_read(".pack", [](std::string& bytes) { bytes[7] = 4; }));
    CHECK_FALSE(is_read(".pack", [](std::string& bytes) { ++bytes[11]; }));
    CHECK_FALSE(is_read(".idx", [](std::string& bytes) { bytes.resize(1000); }));
    CHECK_FALSE(is_read(".idx", [](std::string& bytes) { bytes[7] = 1; }));
    CHECK_FALSE(is_read(".idx", [](std::string& bytes) { bytes[8 + 255 * 4 + 3] = '\xff'; }));
    CHECK_FALSE(is_read(".idx", [](std::string& bytes) { bytes[8 + 100 * 4] = '\x7f'; }));
}

TEST_CASE("what is damaged in a pack is neither handed out nor made up") {
    const Packed box;
    const Strings ids = all_ids(box);
    const auto whole = all_stored(box.open(), ids);
    std::size_t lost = 0, compared = 0;
    const std::size_t size = fs::file_size(box.one(".pack"));
    for (std::size_t at = 12; at + 20 < size; at += size / 50) {
        const auto flip = [&](std::string& bytes) { bytes[at] = static_cast<char>(bytes[at] ^ 0x55); };
        box.alter(".pack", flip);
        const auto rest = all_stored(box.open(), ids);
        box.alter(".pack", flip);
        lost += whole.size() - rest.size();
        for (const auto& [id, text] : rest) {
            ++compared;
            CHECK(text == whole.at(id));
        }
    }
    CHECK(lost > 0);
    CHECK(compared > 0);
}

TEST_CASE("what isn't read here, libgit2 reads or names") {
    Packed box;
    const std::string head = box.ask("rev-parse HEAD");
    const Repository repository = box.open();
    box.alter(".pack", [](std::string& bytes) { bytes.resize(bytes.size() / 2); });
    CommitFiles files(repository);
    CHECK(files.numbers() == 0);
    const auto changed = files.of(head);
    REQUIRE_FALSE(changed.ok());
    CHECK(says(changed.error(), "cut short"));
    Sandbox loose;
    const std::string id = loose.commit("f", "loose\n");
    const Repository second = loose.open();
    CommitFiles others(second);
    REQUIRE(value(others.of(id)).size() == 1);
    const ObjectId text = value(others.of(id))[0].content;
    CHECK(others.number_of(text) == std::nullopt);
    CHECK(*value(others.read(text)) == "loose\n");
    CHECK(value(others.bytes_of(id)).find("loose") == std::string::npos);
    CHECK(value(others.bytes_of(id)).starts_with("tree "));
}
