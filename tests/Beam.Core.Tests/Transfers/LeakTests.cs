using System.Globalization;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Transfers;

/// <summary>Ends transfers in every state and counts what is left. BEAM_LEAK_TRANSFERS says how many; more find rarer races.</summary>
[Trait("Rule", "P5")]
public sealed class LeakTests
{
    private static readonly int Transfers =
        int.Parse(Environment.GetEnvironmentVariable("BEAM_LEAK_TRANSFERS") ?? "20000", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Relay_IsEmpty_AfterManyTransfersEndedAtAnyMoment(bool spills)
    {
        using var folder = new TempFolder();
        using var test = new TestRelay(options =>
        {
            options.SpillDirectory = spills ? folder["spill"] : null;
            options.MemoryBudgetBytes = 1024 * 1024;
            options.WindowBytes = 64 * 1024;
            options.MaxWaitingTransfersPerToken = 1_000;
        });
        const int Threads = 4;
        var perThread = Transfers / (spills ? 10 : 1) / Threads;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            var random = new Random(thread);
            for (var i = 0; i < perThread; i++)
            {
                await EndSomehowAsync(test, random, $"{thread}-{i}").Soon();
            }
        })));

        test.AssertNothingIsLeft();
        Assert.Empty(folder.Files());
        Assert.Empty(test.Logs.AtLeast(LogLevel.Warning));
    }

    [Fact]
    public async Task Relay_IsEmpty_WhenBothSidesJoinAndLeaveAtTheSameMoment()
    {
        using var test = new TestRelay();
        var sides = Enumerable.Range(0, 4).Select(side => Task.Run(async () =>
        {
            var random = new Random(side);
            for (var i = 0; i < 10_000; i++)
            {
                // All four meet under one name.
                if (side % 2 == 0 && test.Relay.JoinAsSender(test.Token, "file", new TransferDescription()) is { Lease: { } sender })
                {
                    await SpinAsync(random);
                    await sender.DisposeAsync();
                }
                else if (side % 2 == 1 && test.Relay.JoinAsReceiver(test.Token, "file") is { Lease: { } receiver })
                {
                    await SpinAsync(random);
                    await receiver.DisposeAsync();
                }
                else if (random.Next(20) == 0)
                {
                    test.Relay.Cancel(test.Token, "file");
                }
            }
        }));
        await Task.WhenAll(sides).Soon();

        test.AssertNothingIsLeft();
    }

    private static async Task EndSomehowAsync(TestRelay test, Random random, string name)
    {
        var minted = random.Next(10) == 0 ? test.Relay.Tokens.MintAsync().AtOnce() : null;
        var token = minted?.Token ?? test.Token;
        var length = random.Next(3) == 0 ? random.Next(200_000) : random.Next(2_000);
        var sender = random.Next(8) == 0 ? null : test.Send(name, random.Next(2) == 0 ? length : null, token: token);
        var receiver = random.Next(5) == 0 ? null : test.Receive(name, token: token, pipe: (PipeOptionsChoice)random.Next(2));
        var writing = sender is null ? Task.CompletedTask : Task.Run(async () =>
        {
            await sender.WriteAsync(0, random.Next(4) == 0 ? length / 2 : length);
            await sender.CompleteAsync(random.Next(6) == 0 ? new IOException("reset") : null);
        });
        await SpinAsync(random);
        if (sender is not null && receiver is not null && random.Next(2) == 0)
        {
            await receiver.TakeSomeAsync();
        }

        switch (random.Next(9))
        {
            case 0 when sender is not null:
                await sender.AbortAsync();
                break;
            case 1 when receiver is not null:
                await receiver.AbortAsync();
                break;
            case 2 when receiver is not null:
                await receiver.CloseAsync();
                break;
            case 3:
                test.Relay.Cancel(token, name);
                break;
            case 4 when minted is not null:
                test.Relay.RevokeAsync(token).AtOnce();
                break;
            case 5:
                test.Relay.GetSnapshot();
                break;
            default:
                break;
        }

        await writing;
        IAsyncDisposable?[] sides = [sender, receiver];
        random.Shuffle(sides);
        foreach (var side in sides)
        {
            if (side is not null)
            {
                await side.DisposeAsync();
            }
        }

        if (minted is not null)
        {
            test.Relay.RevokeAsync(token).AtOnce();
        }
    }

    private static async Task SpinAsync(Random random)
    {
        for (var i = random.Next(5); i > 0; i--)
        {
            await Task.Yield();
        }
    }
}
