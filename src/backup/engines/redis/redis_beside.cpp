// https://redis.io/docs/latest/develop/programmability/eval-intro/ (a script is one act: nobody writes in between)
#include "backup/engines/redis/redis_beside.h"
#include "base/text.h"
#include "sys/fault.h"
#include "sys/signals.h"
#include <fmt/format.h>

namespace fairlead::backup::redis::beside {
namespace {

// Its value: who fills the database, and how many keys there will be: "TOKEN LASTING EXPIRING".
constexpr std::string_view mark = "fairlead:restore";

// Of the scratch server's current database some keys, with their times to live, into one of the target's. A key that
// SCAN tells twice is gone by then, and nobody else's key is replaced. ARGV: SCAN's cursor, host, port, database, and
// AUTH or AUTH2 with its words. Some at a time: while a script runs nobody can ask how far it is.
constexpr std::string_view mover =
    "local cursor, rounds = ARGV[1], 0 repeat local found = redis.call('SCAN', cursor, 'COUNT', 500) "
    "cursor = found[1] rounds = rounds + 1 "
    "if #found[2] > 0 then local words = {'MIGRATE', ARGV[2], ARGV[3], '', ARGV[4], '60000'} "
    "for i = 5, #ARGV do words[#words + 1] = ARGV[i] end words[#words + 1] = 'KEYS' "
    "for i = 1, #found[2] do words[#words + 1] = found[2][i] end redis.call(unpack(words)) end "
    "until cursor == '0' or rounds == 20 return cursor";

// is_ours(database, token, lasting, expiring): nothing but that many keys and the mark. Any token: one of a mark.
constexpr std::string_view judge =
    "if redis.replicate_commands then redis.replicate_commands() end local mark = ARGV[1] "
    "local function is_ours(database, token, lasting, expiring) redis.call('SELECT', database) "
    "local said = redis.call('GET', mark) if not said or string.match(said, '^%S+') ~= token then return false end "
    "local all, some = string.match(redis.call('INFO', 'keyspace'), 'db' .. database .. ':keys=(%d+),expires=(%d+)') "
    "if not all then return false end "
    "return all - some == lasting + 1 and some + 0 <= expiring + 0 end "
    "local function left(database) redis.call('SELECT', database) local said = redis.call('GET', mark) "
    "if not said then return 'nothing' end local token, lasting, expiring = string.match(said, '^(%S+) (%d+) (%d+)$') "
    "if token and is_ours(database, token, lasting, expiring) then return 'all' end return 'unclear' end ";

constexpr std::string_view claimer =
    "redis.call('SELECT', ARGV[2]) if redis.call('DBSIZE') > 0 then "
    "if left(ARGV[2]) ~= 'all' then return 'taken' end redis.call('FLUSHDB', 'ASYNC') end "
    "redis.call('SET', mark, ARGV[3]) return 'ours'";

constexpr std::string_view taker =
    "if is_ours(ARGV[2], ARGV[3], ARGV[4], ARGV[5]) then redis.call('FLUSHDB', 'ASYNC') return 'emptied' end "
    "local said = redis.call('GET', mark) "
    "if said and string.match(said, '^%S+') == ARGV[3] then redis.call('DEL', mark) end return 'more'";

constexpr std::string_view swapper =
    "for i = 2, #ARGV, 5 do if not is_ours(ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]) then "
    "return 'changed ' .. ARGV[i + 1] end end "
    "for i = 2, #ARGV, 5 do redis.call('SELECT', ARGV[i + 1]) redis.call('DEL', mark) "
    "redis.call('SWAPDB', ARGV[i], ARGV[i + 1]) end return 'swapped'";

// What a script returned, which stands on the last line.
Result<std::string> say(const Client& client, std::string_view script, const std::vector<std::string>& words,
                        int database) {
    std::string line = "EVAL " + escaped(script) + " 0";
    for (const auto& word : words) line += " " + escaped(word);
    const auto said = TRY(client.say(line + "\n", database));
    return split(said, '\n').back();
}

Result<std::string> judged(const Client& target, std::string_view script, std::vector<std::string> words) {
    words.insert(words.begin(), std::string(mark));
    return say(target, std::string(judge) + std::string(script), words, 0);
}

void add(std::vector<std::string>& words, const Expected& one) {
    for (auto& word :
         {std::to_string(one.database), one.token, std::to_string(one.ours.lasting), std::to_string(one.ours.expiring)})
        words.push_back(word);
}

}

Result<bool> claim(const Client& target, const Expected& wanted) {
    const auto value = fmt::format("{} {} {}", wanted.token, wanted.ours.lasting, wanted.ours.expiring);
    const auto said = TRY(judged(target, claimer, {std::to_string(wanted.database), value}));
    return said.ends_with("ours");
}

Result<Left> left_in(const Client& target, int database) {
    const auto said = TRY(judged(target, "return left(ARGV[2])", {std::to_string(database)}));
    return said.ends_with("all") ? Left::all_ours : said.ends_with("unclear") ? Left::unclear : Left::nothing;
}

Result<void> move(const Client& scratch, int index, const Where& target, int database) {
    std::vector<std::string> words = {"0", target.host, target.port, std::to_string(database)};
    if (!target.password.empty() && target.user.empty()) words.insert(words.end(), {"AUTH", target.password});
    if (!target.password.empty() && !target.user.empty())
        words.insert(words.end(), {"AUTH2", target.user, target.password});
    do {
        const auto cursor = TRY(say(scratch, mover, words, index));
        words.front() = trim(cursor);
        sys::fault_point("moved");
        if (sys::stop_requested()) return could_not("interrupted while keys were sent");
    } while (words.front() != "0");
    return {};
}

Result<bool> empty(const Client& target, const Expected& ours) {
    std::vector<std::string> words;
    add(words, ours);
    const auto said = TRY(judged(target, taker, std::move(words)));
    return said.ends_with("emptied");
}

Result<int> swap(const Client& target, const std::vector<Expected>& all) {
    std::vector<std::string> words;
    for (const Expected& one : all) {
        words.push_back(std::to_string(one.index));
        add(words, one);
    }
    const auto said = TRY(judged(target, swapper, std::move(words)));
    if (said.ends_with("swapped")) return -1;
    return static_cast<int>(parse_integer(said.substr(said.rfind(' ') + 1)).value_or(0));
}

}
