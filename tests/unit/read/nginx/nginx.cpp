#include "read/nginx/nginx.h"
#include "support/catch.h"

using fairlead::read::NginxContext;
using fairlead::read::NginxFile;
using fairlead::read::read_nginx;

namespace {

std::string messages(const NginxFile& file) {
    std::string all;
    for (const auto& problem : file.problems)
        all += file.files[problem.file] + ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column) +
               ": " + problem.message + "\n";
    return all;
}

// The directives in their order: blocks with what they hold in braces.
std::string tree(const NginxFile& file, const std::vector<std::size_t>& some) {
    std::string all;
    for (const std::size_t index : some) {
        const auto& directive = file.directives[index];
        for (const auto& word : directive.words) all += "<" + word.text + ">";
        all += directive.block ? "{" + tree(file, directive.children) + "}" : ";";
    }
    return all;
}

std::string tree(std::string_view text) {
    const NginxFile file = read_nginx(text, "nginx.conf");
    CHECK(messages(file) == "");
    return tree(file, file.roots);
}

NginxFile with_problem(std::string_view text, const std::string& expected) {
    NginxFile file = read_nginx(text, "n");
    const std::string all = messages(file);
    INFO(all);
    CHECK(all.find(expected) == 0);
    CHECK(file.problems.size() == 1);
    return file;
}

}

TEST_CASE("words are cut and unescaped as nginx does") {
    CHECK(tree("a b c;") == "<a><b><c>;");
    CHECK(tree("a \"b c\" 'd;e';") == "<a><b c><d;e>;");
    CHECK(tree("a \"b\\\"c\" 'd\\'e' f\\\\g h\\;i \\x;") == "<a><b\"c><d'e><f\\g><h\\;i><\\x>;");
    CHECK(tree("a b\\tc\\nd\\re;") == "<a><b\tc\nd\re>;");
    CHECK(tree("a b\"c;") == "<a><b\"c>;"); // a quote inside of a word is one of its letters
    CHECK(tree("a ${b}c x${d}{}") == "<a><${b}c><x${d}>{}");
    CHECK(tree("a b#c; # d;\ne f;") == "<a><b#c>;<e><f>;");
    CHECK(tree("a b}c;") == "<a><b}c>;");
    CHECK(tree("a \"b\"{c d;}") == "<a><b>{<c><d>;}");
    CHECK(tree("a (\"b\") c;") == "<a><(\"b\")><c>;");
    CHECK(tree("a \"b\") c;") == "<a><b><)><c>;");
    CHECK(tree("a\r\n\tb\r\n;\r\n") == "<a><b>;");
    CHECK(tree("") == "");
}

TEST_CASE("each directive has its place, its parent and its bytes") {
    const std::string text = "http {\n  serv\xC3\xA9r x; server {\n\tlisten 80; }\n}\n";
    const NginxFile file = read_nginx(text, "nginx.conf");
    REQUIRE(file.directives.size() == 4);
    const auto& listen = file.directives[3];
    CHECK(listen.name() == "listen");
    CHECK(listen.words[0].line == 3);
    CHECK(listen.words[1].column == 9);
    CHECK(file.directives[2].words[0].column == 13);
    CHECK(file.parent_of(listen)->name() == "server");
    CHECK(file.within(listen, "http"));
    CHECK_FALSE(file.within(listen, "location"));
    CHECK(text.substr(listen.span.begin, listen.span.end - listen.span.begin) == "listen 80;");
    CHECK(text.substr(0, file.directives[0].span.end) + "\n" == text);
    CHECK(file.index_of(listen) == 3);
}

TEST_CASE("what nginx refuses is a problem with its place, and the rest is read") {
    CHECK(with_problem("x { a b }\nc d;", "n:1:7: a has no ; before }").directives.size() == 3);
    CHECK(with_problem("events {", "n:1:1: events is never closed").directives.size() == 1);
    CHECK(with_problem("a b;;\nc;", "n:1:5: ; does not end a directive here").directives.size() == 2);
    CHECK(with_problem("a \"b\"c;\nd;", "n:1:6: c comes directly after a closing quote").directives.size() == 2);
    CHECK(with_problem("a b", "n:1:3: a has no ; before the end of the file").directives.size() == 1);
    CHECK(with_problem("a 'b;\nc d;\n", "n:1:3: the quote ' opened here is never closed").directives.size() == 2);
    CHECK(with_problem("{ a; }", "n:1:1: { has no name before it").directives.size() == 2);
    CHECK(with_problem("\xEF\xBB\xBFuser x;", "n:1:1: a byte order mark").directives.size() == 1);
    with_problem(std::string("user x;\na \0;", 12), "n:2:3: a NUL byte");
    with_problem("user x;\nlisten 80;",
                 "n:2:1: listen isn't allowed in main; nginx refuses the file; move it into server");
    with_problem("user;", "n:1:1: user has 0 arguments; nginx refuses it; write 1 or 2 arguments");
    with_problem("daemon yes;", "n:1:1: daemon is yes; nginx refuses it; write on or off");
    with_problem("events;\nhttp { }", "n:1:1: events has no {");
    with_problem("http { root { } }", "n:1:8: root takes no block");
    with_problem("server { location = /a { } location == /b { } }", "n:1:28: location has the modifier ==");
    with_problem("map $a $b { c { } }", "n:1:13: c opens a block inside of pairs");
}

TEST_CASE("a line that lost its ; is named, even where nginx takes the next one for its values") {
    with_problem("server {\n  index a.html\n  root /x;\n}", "n:2:3: index has no ; before root on line 3");
    with_problem("server {\n  listen 80\n  server_name a;\n}", "n:2:3: listen has no ; before server_name on line 3");
    CHECK(tree("server { listen 443 ssl\n http2; }") == "<server>{<listen><443><ssl><http2>;}");
}

TEST_CASE("a long word or comment ends nginx's patience at 4096 bytes") {
    CHECK(tree("a " + std::string(4095, 'b') + ";").size() == 4101);
    with_problem("a " + std::string(4096, 'b') + ";", "n:1:4099: over 4096 bytes");
    with_problem("a \"" + std::string(4095, 'b') + "\";", "n:1:4100: over 4096 bytes");
    CHECK(messages(read_nginx("#" + std::string(4094, 'b') + "\na b;", "n")) == "");
    with_problem("#" + std::string(4095, 'b') + "\na b;", "n:1:4097: over 4096 bytes");
}

TEST_CASE("blocks of Lua are opaque") {
    const NginxFile file =
        read_nginx("location / {\n  content_by_lua_block {\n    -- }}\n    local a = {'}', \"\\\"}\"}\n"
                   "    --[==[ } ]]\n ]==] b = [[ } ]]\n  }\n  root /x;\n}\n",
                   "n");
    CHECK(messages(file) == "");
    REQUIRE(file.directives.size() == 3);
    CHECK(file.directives[1].body.find("local a") != std::string::npos);
    CHECK(file.directives[2].name() == "root");
    with_problem("content_by_lua_block { a = {}", "n:1:23: the Lua block opened here is never closed");
}

TEST_CASE("a fragment is read in the context that fits") {
    const auto context_of = [](std::string_view text) { return read_nginx(text, "n").context; };
    CHECK(context_of("user x; events { }") == NginxContext::main);
    CHECK(context_of("server { listen 80; }") == NginxContext::http);
    CHECK(context_of("upstream a { server b; }") == NginxContext::http);
    CHECK(context_of("map $a $b { c d; }") == NginxContext::http);
    CHECK(context_of("location / { }") == NginxContext::server);
    CHECK(context_of("proxy_pass http://a;") == NginxContext::location);
    CHECK(context_of("server 10.0.0.1:80;") == NginxContext::upstream);
    CHECK(context_of("text/html html;") == NginxContext::other);
}

TEST_CASE("includes are what the caller hands in, and never go in circles") {
    const auto files = [](const std::string& glob, const std::string& main) {
        CHECK(main == "nginx.conf");
        std::vector<std::pair<std::string, std::string>> found;
        if (glob == "conf.d/*.conf")
            found = {{"conf.d/a.conf", "server { listen 80 }"}, {"conf.d/b.conf", "include b;"}};
        if (glob == "b") found = {{"conf.d/b.conf", "include b;"}};
        return found;
    };
    const NginxFile file = read_nginx("http {\n include conf.d/*.conf;\n include /else/where;\n}", "nginx.conf", files);
    CHECK(file.files == std::vector<std::string>{"nginx.conf", "conf.d/a.conf", "conf.d/b.conf"});
    const auto servers = file.all("server");
    REQUIRE(servers.size() == 1);
    CHECK(file.files[servers[0]->file] == "conf.d/a.conf");
    CHECK(servers[0]->context == NginxContext::http);
    CHECK(messages(file) == "conf.d/a.conf:1:17: listen has no ; before }; nginx refuses the file; add ;\n"
                            "conf.d/b.conf:1:9: conf.d/b.conf includes itself; nginx runs out of open files; remove "
                            "the include\n");
}

TEST_CASE("blocks too deep end the reading") {
    std::string text;
    for (int depth = 0; depth < 1000; ++depth) text += "location / {";
    const NginxFile file = read_nginx(text, "n");
    CHECK(file.directives.size() < 100);
    CHECK_FALSE(file.problems.empty());
}
