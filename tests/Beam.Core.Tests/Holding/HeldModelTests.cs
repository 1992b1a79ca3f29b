using Beam.Core.Tests.Transfers;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Holding;

/// <summary>
/// Whatever was handed in, made, revoked and cancelled in whatever order: the process that comes after a crash knows each accepted file,
/// the tokens of its channel, and no token that was revoked.
/// </summary>
[Trait("Rule", "P9")]
[Trait("Rule", "P11")]
[Trait("Rule", "P13")]
public sealed class HeldModelTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task NextProcess_KnowsWhatTheModelSays(int seed)
    {
        using var folder = new TempFolder();
        using var test = new TestRelay(options => options.SpillDirectory = folder["spill"]);
        var run = new Run(test, new Random(seed));
        for (var step = 0; step < 60; step++)
        {
            await run.StepAsync();
            if (step % 4 == 0)
            {
                run.CheckNextProcess(folder);
            }
        }

        Assert.InRange(run.Restored, 5, 1_000);
    }

    private sealed class Run(TestRelay test, Random random)
    {
        private readonly List<Channel> _channels = [];
        private readonly List<string> _revoked = [];

        public int Restored { get; private set; }

        public async Task StepAsync()
        {
            var channel = _channels.Count < 3 ? await OpenAsync() : _channels[random.Next(_channels.Count)];
            var token = channel.Tokens[random.Next(channel.Tokens.Count)];
            switch (random.Next(8))
            {
                case < 3:
                    await HandInAsync(channel, token.Token);
                    break;

                case < 5:
                    if (await test.Relay.Tokens.MintSubTokenAsync(token.Token, TokenRights.All) is { } minted)
                    {
                        channel.Tokens.Add(minted);
                    }

                    break;

                case 5 when token.Token.Depth > 0:
                    await RevokeAsync(channel, token.Token);
                    break;

                case 6 when channel.Files.Count > 0:
                    var name = channel.Files.Keys.First();
                    Assert.Equal(TransferError.None, test.Relay.Cancel(channel.Tokens[0].Token, name));
                    channel.Files.Remove(name);
                    break;

                case 7 when random.Next(3) == 0:
                    await RevokeAsync(channel, channel.Tokens[0].Token);
                    _channels.Remove(channel);
                    break;

                default:
                    break;
            }
        }

        public void CheckNextProcess(TempFolder folder)
        {
            using var copy = new TempFolder();
            Directory.CreateDirectory(copy["spill/accepted"]);
            foreach (var file in folder.Files())
            {
                File.Copy(folder[file], copy[file]);
            }

            using var next = new TestRelay(options => options.SpillDirectory = copy["spill"]);

            Assert.Equal(_channels.Sum(static channel => channel.Files.Count), next.Relay.TransferCount);
            Restored += next.Relay.TransferCount;
            foreach (var channel in _channels)
            {
                Check(next, channel);
            }

            Assert.All(_revoked, secret => Assert.Null(next.Relay.Tokens.Find(secret)));
        }

        private static void Check(TestRelay next, Channel channel)
        {
            foreach (var token in channel.Tokens)
            {
                var found = next.Relay.Tokens.Find(token.Secret);
                Assert.Equal(channel.Files.Count > 0, found is not null);
                Assert.Equal(found is null ? null : token.Token.Depth, found?.Depth);
                Assert.All(channel.Files.Keys, name => Assert.NotNull(found!.Channel.FindStatus(name)));
            }
        }

        private async Task<Channel> OpenAsync()
        {
            var channel = new Channel((await test.Relay.Tokens.MintAsync())!);
            _channels.Add(channel);
            return channel;
        }

        private async Task HandInAsync(Channel channel, Token token)
        {
            var name = $"{random.Next(1_000_000)}";
            await using var sender = test.Send(name, 10, new SendTerms { HandsIn = true }, token);
            await sender.WriteAsync(0, 10);
            await sender.CompleteAsync();
            Assert.NotNull((await sender.Result.Soon()).HandedInUntil);
            channel.Files.Add(name, token);
        }

        private async Task RevokeAsync(Channel channel, Token token)
        {
            await test.Relay.RevokeAsync(token);
            foreach (var made in channel.Tokens.FindAll(made => made.Token.IsOrDescendsFrom(token)))
            {
                channel.Tokens.Remove(made);
                _revoked.Add(made.Secret);
            }

            // What was sent with it is cut.
            foreach (var (name, _) in channel.Files.Where(file => file.Value.IsOrDescendsFrom(token)).ToList())
            {
                channel.Files.Remove(name);
            }
        }
    }

    private sealed class Channel(MintedToken first)
    {
        public List<MintedToken> Tokens { get; } = [first];

        public Dictionary<string, Token> Files { get; } = new(StringComparer.Ordinal);
    }
}
