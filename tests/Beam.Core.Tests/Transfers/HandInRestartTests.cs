using System.Security.Cryptography;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Transfers;

/// <summary>
/// After a restart the relay knows of a handed-in file what it knew before, including what has changed since its sender left.
/// </summary>
[Trait("Rule", "P13")]
public sealed class HandInRestartTests : IDisposable
{
    private const int Length = 100_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Rule", "P9")]
    public async Task LinkThatWasMadeSince_OpensTheFile()
    {
        using var first = Create();
        await HandInAsync(first, "a");
        await HandInAsync(first, "b");
        var minted = (await first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Receive, uses: 2))!;
        using var second = Crash(first);

        var token = second.Relay.Tokens.Find(minted.Secret);
        Assert.Equal((TokenRights.Receive, 2), (token?.Rights, token?.UsesLeft));
        Assert.Null(second.Relay.Tokens.Find("wrong"));
        foreach (var name in new[] { "a", "b" })
        {
            await using var receiver = second.Receive(name, new ReceiveTerms(), token);
            Assert.Equal(Length, await receiver.TakeAllAsync());
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        Assert.Empty(Kept());
        Assert.Equal(0, second.Budgets.Disk.UsedBytes);
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task LinkThatWasRevokedSince_StaysRevoked()
    {
        using var first = Create();
        var revoked = first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.All).AtOnce()!;
        var made = first.Relay.Tokens.MintSubTokenAsync(revoked.Token, TokenRights.Receive).AtOnce()!;
        await HandInAsync(first, "a");
        await first.Relay.RevokeAsync(revoked.Token);
        using var second = Crash(first);

        Assert.Equal(1, second.Relay.TransferCount);
        Assert.Null(second.Relay.Tokens.Find(revoked.Secret));
        Assert.Null(second.Relay.Tokens.Find(made.Secret));
        Assert.NotNull(second.Relay.Tokens.Find(first.Minted.Secret));
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Changes_OutliveTheProcess_WhenTheDiskBudgetIsUsedUp()
    {
        const long budget = 1024 * 1024;
        using var first = Create(budget);
        var revoked = first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.All).AtOnce()!;
        for (var i = 0; i < 9; i++)
        {
            await HandInAsync(first, $"file-{i}");
        }

        await HandInAsync(first, "rest", length: 20 * 4096);
        Assert.Equal(budget, first.Budgets.Disk.UsedBytes);
        var minted = new List<MintedToken>();
        while (minted.Count < 80)
        {
            minted.Add((await first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Receive))!);
        }

        await first.Relay.RevokeAsync(revoked.Token);
        using var second = Crash(first, budget: budget);

        Assert.Null(second.Relay.Tokens.Find(revoked.Secret));
        Assert.All(minted, link => Assert.NotNull(second.Relay.Tokens.Find(link.Secret)));
        Assert.Equal(10, second.Relay.TransferCount);
        await using var receiver = second.Receive("file-8", new ReceiveTerms(), second.Relay.Tokens.Find(minted[^1].Secret));
        Assert.Equal(Length, await receiver.TakeAllAsync());
    }

    [Fact]
    [Trait("Rule", "P36")]
    public async Task Link_LivesAsLongAsBefore_WhileTheFileKeepsItsSourceAlive()
    {
        using var first = Create();
        var link = first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Receive, lifetime: TimeSpan.FromHours(20)).AtOnce()!;
        await HandInAsync(first, "a");
        using var second = Crash(first);
        second.Clock.Advance(TimeSpan.FromHours(1));

        await using var receiver = second.Receive("a", new ReceiveTerms(), second.Relay.Tokens.Find(link.Secret));
        Assert.Equal(Length, await receiver.TakeAllAsync());
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task UseThatHadOnlyBegun_IsNotSpent()
    {
        using var first = Create();
        var receiving = first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Receive, uses: 1).AtOnce()!;
        var sending = first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Send, uses: 2).AtOnce()!;
        await using var waiting = first.Receive("never", new ReceiveTerms(), receiving.Token);
        await HandInAsync(first, "a");
        await HandInAsync(first, "b", sending.Token);
        using var second = Crash(first);

        Assert.Equal(1, second.Relay.Tokens.Find(receiving.Secret)!.UsesLeft);
        Assert.Equal(1, second.Relay.Tokens.Find(sending.Secret)!.UsesLeft);
        await using (var receiver = second.Receive("b", new ReceiveTerms(), second.Relay.Tokens.Find(receiving.Secret)))
        {
            Assert.Equal(Length, await receiver.TakeAllAsync());
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        Assert.Equal(0, second.Relay.Tokens.Find(receiving.Secret)!.UsesLeft);
        Assert.Equal(1, second.Relay.Tokens.Find(sending.Secret)!.UsesLeft);
    }

    [Fact]
    [Trait("Rule", "P27")]
    public async Task Digest_IsStillKnown()
    {
        using var first = Create();
        var sha256 = SHA256.HashData(TestBytes.Create(TestSender.Seed, Length));
        await HandInAsync(first, "a", terms: new SendTerms { HandsIn = true, Sha256 = sha256 });
        await HandInAsync(first, "without");
        using var second = Crash(first);
        var found = second.Relay.Tokens.Find(first.Minted.Secret)!;

        Assert.Null(found.Channel.FindStatus("without")!.Transfer.Sha256);
        await using var receiver = second.Receive("a", new ReceiveTerms { Confirms = true }, found);
        Assert.Equal(Length, await receiver.TakeAllAsync());
        Assert.Equal(sha256, receiver.Lease.Sha256!.Value.ToArray());
        Assert.Equal(TransferError.None, found.Channel.Confirm(found, "a", sha256));
    }

    [Theory]
    [InlineData("Grüße 😀.txt", "text/plain; charset=\"utf-8\"", 1)]
    [InlineData(" ", null, 100)]
    [InlineData("con:\"<>|?*", "application/x.y+json; a=b; c=\"d, e\"", 3)]
    [Trait("Rule", "P30")]
    public async Task WhatASenderMayDeclare_IsTheSameAfterwards(string name, string? type, int receivers)
    {
        using var first = Create();
        var link = first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Send, uses: 1).AtOnce()!;
        foreach (var called in new[] { name, new('x', 255) })
        {
            var joined = first.Relay.JoinAsSender(
                called == name ? link.Token : first.Token,
                called,
                new TransferDescription(10, type, "gzip, br"),
                new SendTerms { HandsIn = true, Receivers = receivers });
            await using var sender = new TestSender(joined.Lease!);
            await sender.WriteAsync(0, 10);
            await sender.CompleteAsync();
            Assert.NotNull((await sender.Result.Soon()).HandedInUntil);
        }

        var before = first.Relay.GetSnapshot();
        using var second = Crash(first);

        var after = second.Relay.GetSnapshot();
        Assert.Equal(before.Transfers.Select(Describe).Order(), after.Transfers.Select(Describe).Order());
        Assert.Equal(second.Budgets.Disk.UsedBytes, before.DiskUsedBytes);
        Assert.Equal(0, second.Relay.Tokens.Find(link.Secret)!.UsesLeft);
        await using var receiver = second.Receive(name, new ReceiveTerms(), second.Relay.Tokens.Find(first.Minted.Secret));
        Assert.Equal(new TransferDescription(10, type, "gzip, br"), receiver.Lease.Description);

        static string Describe(TransferSnapshot transfer)
            => $"{transfer.Id} {transfer.Length} {transfer.ExpiresAt} {transfer.WantedReceivers}";
    }

    [Theory]
    [InlineData("cut", ".beamentry")]
    [InlineData("empty", ".beamentry")]
    [InlineData("other", ".beamentry")]
    [InlineData("cut", ".beamchannel")]
    [InlineData("empty", ".beamchannel")]
    [InlineData("other", ".beamchannel")]
    public async Task File_IsDropped_WithOneLine_WhenWhatTheRelayKnowsOfItIsDamaged(string damage, string extension)
    {
        using var first = Create();
        await HandInAsync(first, "a");
        await first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Receive);
        using var second = Crash(first, () =>
        {
            var path = _folder[Assert.Single(Kept(), file => file.EndsWith(extension, StringComparison.Ordinal))];
            var bytes = File.ReadAllBytes(path);
            bytes[100] ^= (byte)(damage == "other" ? 1 : 0);
            File.WriteAllBytes(path, damage switch { "cut" => bytes[..^1], "empty" => [], _ => bytes });
        });

        Assert.Equal(0, second.Relay.TransferCount);
        Assert.Single(second.Logs.AtLeast(LogLevel.Warning));
        Assert.Empty(Kept());
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Leftovers_AreDeleted()
    {
        using var first = Create();
        await HandInAsync(first, "a");
        using var second = Crash(first, () =>
        {
            _folder.Write("spill/accepted/lost.beamentry", [1]);
            _folder.Write("spill/accepted/lost.beamentry-new", [1]);
            _folder.Write("spill/accepted/lost.beamchannel", [1]);
            _folder.Write("spill/accepted/lost.beamchannel-new", [1]);
            var entry = Kept().Single(static file => file.EndsWith(".beamentry", StringComparison.Ordinal) && !file.Contains("lost"));
            File.Copy(_folder[entry], _folder["spill/accepted/without-bytes.beamentry"]);
        });

        Assert.Equal(1, second.Relay.TransferCount);
        Assert.Equal([".beamchannel", ".beamentry", ".beamheld"], Kept().Select(static file => Path.GetExtension(file)).Order());
    }

    [Fact]
    public async Task RefusingDisk_IsToldInTheLog_AndTheLinkWorksUntilTheRestart()
    {
        using var first = Create();
        await HandInAsync(first, "a");
        Directory.CreateDirectory(_folder[Kept().Single(static file => file.EndsWith(".beamchannel", StringComparison.Ordinal)) + "-new"]);
        var minted = (await first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Receive))!;

        Assert.Contains("TokensNotPersisted", Assert.Single(first.Logs.AtLeast(LogLevel.Warning)).ToString(), StringComparison.Ordinal);
        Assert.NotNull(first.Relay.Tokens.Find(minted.Secret));
        using var second = Crash(first);
        Assert.Null(second.Relay.Tokens.Find(minted.Secret));
        Assert.NotNull(second.Relay.Tokens.Find(first.Minted.Secret));
    }

    private static async Task HandInAsync(TestRelay test, string name, Token? token = null, SendTerms? terms = null, int length = Length)
    {
        await using var sender = test.Send(name, length, terms ?? new SendTerms { HandsIn = true }, token);
        await sender.WriteAsync(0, length);
        await sender.CompleteAsync();
        Assert.NotNull((await sender.Result.Soon()).HandedInUntil);
    }

    /// <summary>The files but for the key, which stays.</summary>
    private List<string> Kept() => [.. _folder.Files().Where(static file => !file.EndsWith(".beamkey", StringComparison.Ordinal))];

    private TestRelay Create(long? budget = null) => new(options =>
    {
        options.SpillDirectory = _folder["spill"];
        options.DiskBudgetBytes = budget ?? options.DiskBudgetBytes;
        options.MaxHeldBytesPerToken = options.MaxHeldBytes = options.DiskBudgetBytes;
    });

    /// <summary>Ends a relay as a process that is killed ends, and starts the next.</summary>
    private TestRelay Crash(TestRelay first, Action? afterwards = null, long? budget = null)
    {
        var files = _folder.Files()
            .Select(file => _folder[file])
            .Select(static path => (Path: path, Bytes: File.ReadAllBytes(path)))
            .ToList();
        first.Dispose();
        _folder.Files().ToList().ForEach(file => File.Delete(_folder[file]));
        files.ForEach(static file => File.WriteAllBytes(file.Path, file.Bytes));
        afterwards?.Invoke();
        return Create(budget);
    }
}
