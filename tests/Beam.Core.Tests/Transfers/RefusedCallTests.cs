using System.Text.Json;
using Beam.Buffering;
using Beam.Tokens;

namespace Beam.Core.Tests.Transfers;

/// <summary>A call that is refused changes nothing: whatever anybody can see of the relay is as it was before.</summary>
public sealed class RefusedCallTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly string[] Names = ["a", "b", "c"];

    public static TheoryData<int, bool> Runs
        => [.. Enumerable.Range(1, 8).SelectMany(static seed => new[] { (seed, false), (seed, true) })];

    [Theory]
    [MemberData(nameof(Runs))]
    [Trait("Rule", "P15")]
    [Trait("Rule", "P22")]
    [Trait("Rule", "P23")]
    public async Task NothingChanges_WheneverACallIsRefused(int seed, bool spills)
    {
        using var folder = new TempFolder();
        using var test = new TestRelay(options =>
        {
            options.SpillDirectory = spills ? folder["spill"] : null;
            options.MemoryBudgetBytes = 16 * 1024 * 1024;
            options.WindowBytes = 64 * 1024;
            options.RewindBytes = 1024 * 1024;
            options.ResumeTimeout = TimeSpan.FromMinutes(2);
            options.MaxTransferBytes = 2_000_000;
            options.MaxReceivers = 3;
            options.MaxTransfers = 4;
            options.MaxWaitingTransfersPerToken = 2;
            options.MaxTokensPerChannel = 7;
            options.MaxHeldFiles = 2;
            options.MaxHeldBytes = 1_000_000;
            options.MaxHeldFilesPerToken = 2;

            // So that the slightest use of a token renews it.
            options.TokenLifetime = options.TokenRenewal;
        });
        var random = new Random(seed);
        var stranger = (await test.Relay.Tokens.MintAsync())!.Token;
        var calls = new RandomCalls(test, random, [test.Token, stranger, .. await MintLinksAsync(test)], Names);
        var refused = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var step = 0; step < 400; step++)
        {
            await calls.Sides.LeaveEndedAsync();
            var before = Picture(test, stranger, calls.Sides);
            if (await calls.NextAsync() is not { } error)
            {
                continue;
            }

            var after = Picture(test, stranger, calls.Sides);
            Assert.True(before == after, $"Step {step}, {error}, has changed\n{(before == after ? "" : LineDiff.Of(before, after))}");
            refused[error] = refused.GetValueOrDefault(error) + 1;
        }

        // The calls were refused for many reasons.
        Assert.InRange(refused.Count, 12, 100);
        await calls.Sides.LeaveAsync();
    }

    /// <summary>Says how much the writer of a log could append without waiting for a reader.</summary>
    internal static long RoomOf(IChunkBuffer? log) => log switch
    {
        null => 0,
        MemoryChunkBuffer memory => memory.RoomBytes,
        SpillingChunkBuffer spilling => spilling.RoomBytes,
        _ => 1_000_000,
    };

    private static async Task<IReadOnlyList<Token>> MintLinksAsync(TestRelay test)
    {
        var once = await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.All, uses: 1);
        var receives = await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Receive, uses: 2);
        var sends = await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Send, uses: 2);
        var ended = await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.All);
        await test.Relay.RevokeAsync(ended!.Token);
        return [once!.Token, receives!.Token, sends!.Token, ended.Token];
    }

    private static string Picture(TestRelay test, Token stranger, InlineSides sides)
    {
        var transfers = test.Token.Channel.Transfers.Values;
        var picture = new
        {
            Relay = test.Relay.GetSnapshot(),
            test.Relay.TransferCount,
            Tokens = test.Relay.Tokens.Count,
            Held = string.Join(" ", RandomCalls.Accounts.Select(each => test.Ledger.Find(each?.Name))),
            Next = test.Relay.NextReceiverCount,
            Channel = test.Token.Channel.GetSnapshot(),
            Other = stranger.Channel.GetSnapshot(),
            Rooms = transfers.Select(static transfer => RoomOf(transfer.Content.Buffer)),
            Attended = transfers.Select(static transfer => transfer.Content.Buffer?.IsAttended),
            Digests = transfers.Select(static transfer => transfer.Content.Digest is not null),
            sides.Ended,
        };
        return JsonSerializer.Serialize(picture, Indented);
    }
}
