using Beam.Core.Tests.Transfers;
using Beam.Holding;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Holding;

/// <summary>What the disk does not give at a start says nothing of a file: the relay leaves it to the next process, and names it.</summary>
[Trait("Rule", "P13")]
public sealed class UnreadableFileTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [InlineData(HeldDirectory.EntryExtension)]
    [InlineData(HeldDirectory.ChannelExtension)]
    public async Task File_IsThereAtTheNextStart_WhenItCannotBeRead(string extension)
    {
        using var bench = new HeldBench();
        bench.Write(HeldBench.Entry());
        var before = bench.Files;
        using (Refuse(bench[Assert.Single(before, file => file.EndsWith(extension, StringComparison.Ordinal))]))
        {
            using var relay = bench.Start();

            Assert.Equal(0, relay.Relay.TransferCount);
            Assert.Equal(before, bench.Files);
            AssertNamed(relay, extension == HeldDirectory.EntryExtension ? HeldDirectory.BytesExtension : extension);
        }

        using var next = bench.Start();
        await using var receiver = next.Receive(token: next.Relay.Tokens.Find("root"));
        Assert.Equal(10, await receiver.TakeAllAsync());
        Assert.Empty(next.Logs.AtLeast(LogLevel.Warning));
    }

    [Fact]
    public void NoFile_IsDeleted_WhenTheKeyCannotBeRead()
    {
        using var bench = new HeldBench();
        bench.Write(HeldBench.Entry());
        var before = bench.Files;
        using (Refuse(bench[HeldBench.Key]))
        {
            Assert.Throws<IOException>(() => bench.Start());
            Assert.Equal(before, bench.Files);
        }

        using var next = bench.Start();
        Assert.Equal(1, next.Relay.TransferCount);
    }

    [Fact]
    [Trait("Rule", "P9")]
    [Trait("Rule", "P11")]
    public async Task Channel_StaysForTheFileThatCouldNotBeRead_WithoutTokensThatWereRevokedMeanwhile()
    {
        using var bench = new HeldBench();
        bench.Write(HeldBench.Channel(HeldBench.Root, HeldBench.Token("link", parent: 0), HeldBench.Token("revoked", parent: 0)));
        bench.Write(HeldBench.Entry() with { Name = "read", TransferId = "abcde-2" });
        var left = bench.Write(HeldBench.Entry());
        using (Refuse(bench[left + HeldDirectory.EntryExtension]))
        {
            using var relay = bench.Start();
            await using (var receiver = relay.Receive("read", token: relay.Relay.Tokens.Find("root")))
            {
                Assert.Equal(10, await receiver.TakeAllAsync());
                receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
            }

            Assert.Equal(0, relay.Relay.TransferCount);
            await relay.Relay.RevokeAsync(relay.Relay.Tokens.Find("revoked")!);
            Assert.Equal(4, bench.Files.Count);
        }

        using var next = bench.Start();
        Assert.NotNull(next.Relay.Tokens.Find("link"));
        Assert.Null(next.Relay.Tokens.Find("revoked"));
        await using var later = next.Receive(token: next.Relay.Tokens.Find("link"));
        Assert.Equal(10, await later.TakeAllAsync());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task EveryAcceptedFile_IsThereAtLast_WhateverCouldNotBeReadBefore(int seed)
    {
        var random = new Random(seed);
        using var bench = new HeldBench();
        var roots = Enumerable.Range(0, 4).Select(static channel => $"root-{channel}").ToList();
        roots.ForEach(root => bench.Write(HeldBench.Channel(HeldBench.Token(root)), root));
        for (var file = 0; file < 12; file++)
        {
            var root = roots[random.Next(roots.Count)];
            bench.Write(HeldBench.Entry() with
            {
                Channel = root,
                Name = $"file-{file}",
                TransferId = $"abcde-{file}",
                SenderToken = HeldBench.Digest(root),
            });
        }

        var before = bench.Files;
        var refused = before.Where(name => name != HeldBench.Key && random.Next(3) == 0).Select(name => Refuse(bench[name])).ToList();
        using (var relay = bench.Start())
        {
            Assert.Equal(before.Count(IsEntry), bench.Files.Count(IsEntry));

            // What comes now disturbs nothing of what is left.
            await using var sender = relay.Send("new", 10, new SendTerms { HandsIn = true });
            await sender.WriteAsync(0, 10);
            await sender.CompleteAsync();
            Assert.NotNull((await sender.Result.Soon()).HandedInUntil);
        }

        refused.ForEach(static file => file.Dispose());
        using var next = bench.Crash();
        using var last = next.Start();
        Assert.Equal(13, last.Relay.TransferCount);
        Assert.Empty(last.Logs.AtLeast(LogLevel.Warning));
    }

    private static bool IsEntry(string name) => name.EndsWith(HeldDirectory.EntryExtension, StringComparison.Ordinal);

    /// <summary>Has the system refuse a file to everybody else, as it does to a process without descriptors.</summary>
    private static FileStream Refuse(string path) => new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

    private static void AssertNamed(TestRelay relay, string extension)
    {
        var lines = relay.Logs.AtLeast(LogLevel.Warning);
        Assert.NotEmpty(lines);
        Assert.All(lines, static line => Assert.Contains("HeldFileLeft", line.ToString(), StringComparison.Ordinal));
        Assert.Contains(lines, line => line.ToString().Contains(extension, StringComparison.Ordinal));
    }
}
