using Beam.Holding;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Holding;

/// <summary>What the disk says is checked as a request is, even where the relay's own mark stands below it.</summary>
[Trait("Rule", "P13")]
public sealed class HeldEntryTests : IDisposable
{
    private readonly HeldBench _bench = new();

    private static readonly string TooLong = new('x', 256);

    public static TheoryData<string> Names => ["", ".", "..", "../../etc/passwd", "a\\b", "a\r\nb", "a\u202Eb", TooLong, "\ud800"];

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Entry_IsTaken_AsItIs()
    {
        _bench.Write(HeldBench.Entry());
        using var relay = _bench.Start();

        var transfer = Assert.Single(relay.Relay.GetSnapshot().Transfers);
        Assert.Equal(("abcde-1", 10L, HeldBench.Now + TimeSpan.FromHours(1)), (transfer.Id, transfer.Length, transfer.ExpiresAt));
        Assert.Equal(relay.Relay.Tokens.Find("root")!.Id, relay.Relay.Tokens.Find("root")!.Channel.Id);
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Rule", "P30")]
    public void File_IsDropped_WithANameThatNobodyCouldSend(string name)
        => AssertDropped(HeldBench.Entry() with { Name = name });

    [Theory]
    [InlineData("")]
    [InlineData("evil-1\r\n")]
    [InlineData("abcde-")]
    [InlineData("abcde-1\"")]
    [InlineData("abcde-12345678901234567890")]
    public void File_IsDropped_WithAnIdThatNoRelayMakes(string id) => AssertDropped(HeldBench.Entry() with { TransferId = id });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(101)]
    public void File_IsDropped_WithMoreReceiversThanASenderMayAskFor(int receivers)
        => AssertDropped(HeldBench.Entry() with { Receivers = receivers });

    [Fact]
    public void File_IsDropped_WithAnotherVersion() => AssertDropped(HeldBench.Entry() with { Version = 3 });

    [Fact]
    public void File_IsDropped_WithADigestThatIsNone() => AssertDropped(HeldBench.Entry() with { Sha256 = new byte[31] });

    [Theory]
    [InlineData("")]
    [InlineData("other")]
    [InlineData("../channel")]
    public void File_IsDropped_WithoutAChannel(string channel)
    {
        _bench.Write(HeldBench.Channel());
        AssertDropped(HeldBench.Entry() with { Channel = channel });
    }

    [Theory]
    [InlineData("")]
    [InlineData("other")]
    public void File_IsDropped_WithoutTheSendersToken(string sender)
        => AssertDropped(HeldBench.Entry() with { SenderToken = sender.Length > 0 ? HeldBench.Digest(sender) : "" });

    [Theory]
    [InlineData(TokenRights.Receive, null)]
    [InlineData(TokenRights.All, 0)]
    [Trait("Rule", "P9")]
    public void File_IsDropped_WithASenderThatMayNotSend(TokenRights rights, int? uses)
    {
        _bench.Write(HeldBench.Channel(HeldBench.Root, HeldBench.Token("link", parent: 0, rights, uses)));
        AssertDropped(HeldBench.Entry() with { SenderToken = HeldBench.Digest("link") });
    }

    [Fact]
    [Trait("Rule", "P7")]
    public void Times_AreBoundedByTodaysOptions()
    {
        var late = DateTimeOffset.MaxValue;
        _bench.Write(HeldBench.Channel(HeldBench.Root with { ExpiresAt = late, EndsAt = late }));
        _bench.Write(HeldBench.Entry() with { Deadline = late });
        using var relay = _bench.Start(static options =>
        {
            options.TokenMaxAge = TimeSpan.FromHours(3);
            options.HandInTimeout = TimeSpan.FromHours(2);
        });

        Assert.Equal(HeldBench.Now + TimeSpan.FromHours(2), Assert.Single(relay.Relay.GetSnapshot().Transfers).ExpiresAt);
        Assert.Equal(HeldBench.Now + TimeSpan.FromHours(3), relay.Relay.Tokens.Find("root")!.ExpiresAt);
    }

    [Theory]
    [InlineData("text/plain\r\nSet-Cookie: a=b")]
    [InlineData("text/plain; a=\"bé\"")]
    [InlineData("")]
    public async Task Description_IsForgotten_WhenNoResponseCouldHaveIt(string text)
    {
        _bench.Write(HeldBench.Entry() with { ContentType = text, ContentEncoding = text });
        using var relay = _bench.Start();
        await using var receiver = relay.Relay.JoinAsReceiver(relay.Relay.Tokens.Find("root")!, "file").Lease!;

        Assert.Equal(new TransferDescription(10), receiver.Description);
    }

    [Fact]
    public void File_ThatHasWaitedLongEnough_GoesWithoutAWord()
    {
        _bench.Write(HeldBench.Entry() with { Deadline = HeldBench.Now });
        using var relay = _bench.Start();

        Assert.Equal(0, relay.Relay.TransferCount);
        Assert.Empty(relay.Logs.AtLeast(LogLevel.Warning));
        Assert.Equal([HeldBench.Key], _bench.Files);
    }

    [Fact]
    public void EntryOfAnotherFile_IsNone()
    {
        var first = _bench.Write(HeldBench.Entry());
        var second = _bench.Write(HeldBench.Entry() with { Name = "other", TransferId = "abcde-2" });
        File.Copy(_bench[first + HeldDirectory.EntryExtension], _bench[second + HeldDirectory.EntryExtension], overwrite: true);
        using var relay = _bench.Start();

        Assert.Equal("abcde-1", Assert.Single(relay.Relay.GetSnapshot().Transfers).Id);
        Assert.Single(relay.Logs.AtLeast(LogLevel.Warning));
        Assert.Equal(4, _bench.Files.Count);
    }

    [Fact]
    public void EveryLetterOfAnEntry_Counts()
    {
        var name = _bench.Write(HeldBench.Entry());
        var bytes = File.ReadAllBytes(_bench[name + HeldDirectory.EntryExtension]);
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 1;
            File.WriteAllBytes(_bench[name + HeldDirectory.EntryExtension], bytes);
            bytes[at] ^= 1;
            Assert.Null(HeldFile.TryOpen(_bench.Directory, name, _bench.Disk));
        }

        Assert.Equal(0, _bench.Disk.UsedBytes);
    }

    [Theory]
    [InlineData("abcde-1", "other")]
    [InlineData("abcde-2", "file")]
    public void File_IsDropped_WhenItsIdOrNameIsTaken(string id, string name)
    {
        _bench.Write(HeldBench.Entry());
        _bench.Write(HeldBench.Entry() with { TransferId = id, Name = name });
        using var relay = _bench.Start();

        Assert.Equal(1, relay.Relay.TransferCount);
        Assert.Single(relay.Logs.AtLeast(LogLevel.Warning));
        Assert.Equal(4, _bench.Files.Count);
    }

    private void AssertDropped(HeldEntry entry)
    {
        _bench.Write(entry);
        _bench.AssertDropped();
    }
}
