using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>Links are made and revoked while the relay writes down the file of their channel.</summary>
[Trait("Rule", "P13")]
public sealed class HandInRaceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_IsAccepted_ThoughLinksAreMadeAllTheTime()
    {
        using var test = Create();
        using var enough = new CancellationTokenSource();
        var minting = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await test.Relay.RevokeAsync((await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Receive))!.Token);
            }
        })).ToList();

        await HandInAsync(test, "a");
        await HandInAsync(test, "b");
        await enough.CancelAsync();
        await Task.WhenAll(minting).Soon();
    }

    [Fact]
    [Trait("Rule", "P9")]
    [Trait("Rule", "P11")]
    public async Task LinksOfThatMoment_AreAfterARestartWhatTheirMakersWereTold()
    {
        for (var round = 0; round < 10; round++)
        {
            using var first = Create();
            var revoked = first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Receive).AtOnce()!;
            var handing = HandInAsync(first, "file");
            var minting = Task.Run(async () => await first.Relay.Tokens.MintSubTokenAsync(first.Token, TokenRights.Receive));
            var revoking = Task.Run(async () => await first.Relay.RevokeAsync(revoked.Token));
            await Task.WhenAll(handing, minting, revoking).Soon();
            using var next = new TempFolder();
            Directory.CreateDirectory(next["spill/accepted"]);
            foreach (var file in _folder.Files())
            {
                File.Copy(_folder[file], next[file]);
            }

            using var second = new TestRelay(options => options.SpillDirectory = next["spill"]);

            Assert.Equal(1, second.Relay.TransferCount);
            Assert.NotNull(second.Relay.Tokens.Find(first.Minted.Secret));
            Assert.NotNull(second.Relay.Tokens.Find((await minting)!.Secret));
            Assert.Null(second.Relay.Tokens.Find(revoked.Secret));
            Assert.Equal(TransferError.None, first.Relay.Cancel(first.Token, "file"));
        }
    }

    private static async Task HandInAsync(TestRelay test, string name)
    {
        await using var sender = test.Send(name, 100_000, new SendTerms { HandsIn = true });
        await sender.WriteAsync(0, 100_000);
        await sender.CompleteAsync();
        Assert.NotNull((await sender.Result.Soon()).HandedInUntil);
    }

    private TestRelay Create() => new(options => options.SpillDirectory = _folder["spill"]);
}
