using Beam.Client.Tests.Servers;

namespace Beam.Client.Tests.Sending;

/// <summary>Content that changes while it is sent never arrives mixed.</summary>
[Trait("Rule", "P23")]
[Trait("Rule", "P37")]
public sealed class SourceChangeTests : ClientTests
{
    private const int Length = 20_000_000;

    /// <summary>What happens to a file.</summary>
    public enum Change
    {
        /// <summary>Other bytes, as many.</summary>
        Rewritten,

        /// <summary>Other bytes, as many, and the time is set back.</summary>
        RewrittenWithTheOldTime,

        /// <summary>Only its beginning has other bytes.</summary>
        OtherBeginning,

        /// <summary>Other bytes, and more of them.</summary>
        RewrittenAndLonger,

        /// <summary>Half of it is gone.</summary>
        CutShort,

        /// <summary>More bytes at its end.</summary>
        Appended,

        /// <summary>Only a new time.</summary>
        Touched,
    }

    [Theory]
    [InlineData(Change.Rewritten)]
    [InlineData(Change.RewrittenWithTheOldTime)]
    [InlineData(Change.OtherBeginning)]
    [InlineData(Change.RewrittenAndLonger)]
    [InlineData(Change.CutShort)]
    public async Task FileThatChangesBetweenTwoTries_FailsAtBothSides(Change change)
    {
        var file = NewFolder().Write("a", TestBytes.Create(1, Length));
        var (sending, receiving, destination) = await SendThroughACutAsync(file, () => Apply(file, change));

        var sent = await Assert.ThrowsAsync<BeamException>(() => sending);
        var received = await Assert.ThrowsAsync<BeamException>(() => receiving);

        Assert.Equal(BeamError.SourceChanged, sent.Error);
        Assert.Equal("The content has changed while it was sent.", sent.Message);
        Assert.Equal(BeamError.Cancelled, received.Error);
        Assert.Equal(-1, TestBytes.FindMismatch(1, 0, destination.ToArray()));
    }

    [Theory]
    [InlineData(Change.Appended)]
    [InlineData(Change.Touched)]
    public async Task FileWhoseSentBytesStay_GoesOnAfterABreak(Change change)
    {
        var file = NewFolder().Write("a", TestBytes.Create(1, Length));
        var (sending, receiving, destination) = await SendThroughACutAsync(file, () => Apply(file, change));

        var receipt = await sending;

        Assert.True(receipt.IsVerified && (await receiving).IsVerified);
        Assert.Equal((Length, Length), (receipt.Bytes, destination.Length));
        Assert.Equal(-1, TestBytes.FindMismatch(1, 0, destination.ToArray()));
    }

    [Theory]
    [InlineData(Change.Rewritten)]
    [InlineData(Change.RewrittenWithTheOldTime)]
    [InlineData(Change.OtherBeginning)]
    [InlineData(Change.RewrittenAndLonger)]
    public async Task FileThatIsRewrittenWhileItIsRead_IsNotCompleted(Change change)
    {
        var (sending, receiving) = await SendMeddledAsync(change);

        Assert.Equal(BeamError.SourceChanged, (await Assert.ThrowsAsync<BeamException>(() => sending)).Error);
        Assert.Equal(BeamError.Cancelled, (await Assert.ThrowsAsync<BeamException>(() => receiving)).Error);
    }

    [Theory]
    [InlineData(Change.Appended)]
    [InlineData(Change.Touched)]
    public async Task FileThatGrowsWhileItIsRead_IsSentWithItsFirstLength(Change change)
    {
        var (sending, receiving) = await SendMeddledAsync(change);

        Assert.Equal((Length, true), ((await sending).Bytes, (await sending).IsVerified));
        Assert.Equal((Length, true), ((await receiving).Bytes, (await receiving).IsVerified));
    }

    [Fact]
    public async Task Receiver_HasOneStateOrAnError_WhateverBreaksAndChangesWhere()
    {
        var random = new Random(20261130);
        var (whole, failed) = (0, 0);
        for (var round = 0; round < 24; round++)
        {
            await using var server = await TestServer.StartAsync(new TestServerSetup { Prefix = Prefix });
            var isInPieces = random.Next(3) == 0;
            ConnectionFault[] faults = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Fault(random, loses: !isInPieces))];
            await using var network = new FaultProxy(server.Port)
            {
                Plan = number => number < faults.Length ? faults[number] : default,
            };
            using var beam = new BeamClient(server.BaseAddress, Quick());
            using var cut = new BeamClient(network.Through(server.BaseAddress), Quick());
            var link = (await beam.MintAsync()).Link.WithName("a");
            var changeAt = random.Next(5);
            var content = new ChangingStream(random.Next(10_000_000, 20_000_000), move => move == changeAt);
            var options = new BeamSendOptions { MaxPieceBytes = isInPieces ? random.Next(1_000_000, 5_000_000) : null };

            var destination = new MemoryStream();
            var receiving = beam.ReceiveAsync(link, destination);
            var sending = cut.SendAsync(link.At(network.Through(server.BaseAddress)), content, options);
            BeamException? refused = null;
            try
            {
                await sending.Soon();
            }
            catch (BeamException exception)
            {
                refused = exception;
            }

            if (refused is null)
            {
                whole++;
                Assert.True((await receiving.Soon()).IsVerified);
                Assert.Equal(content.Length, destination.Length);
            }
            else
            {
                failed++;
                Assert.Equal((BeamError.SourceChanged, 1), (refused.Error, content.Changes));
                Assert.Equal(BeamError.Cancelled, (await Assert.ThrowsAsync<BeamException>(() => receiving.Soon())).Error);
            }

            Assert.Equal(-1, TestBytes.FindMismatch(0, 0, destination.ToArray()));
        }

        Assert.True(whole > 0 && failed > 0, $"{whole} were whole, {failed} failed");
    }

    /// <summary>A break before the end of the shortest content; what is lost without one would be waited for.</summary>
    private static ConnectionFault Fault(Random random, bool loses)
    {
        var passed = random.Next(1_500_000);
        return new ConnectionFault(CutAfterSent: passed + random.Next(1_500_000), LoseAfterSent: loses ? passed : null);
    }

    private static void Apply(string path, Change change)
    {
        var time = File.GetLastWriteTimeUtc(path);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            switch (change)
            {
                case Change.Rewritten or Change.RewrittenWithTheOldTime:
                    file.Write(TestBytes.Create(2, Length));
                    break;

                case Change.OtherBeginning:
                    file.Write("other"u8);
                    break;

                case Change.RewrittenAndLonger:
                    file.Write(TestBytes.Create(2, Length + 1));
                    break;

                case Change.CutShort:
                    file.SetLength(Length / 2);
                    break;

                case Change.Appended:
                    file.Seek(0, SeekOrigin.End);
                    file.Write("more"u8);
                    break;
            }
        }

        // The clock of a file system may be coarse: whatever has another time has one that nobody can miss.
        File.SetLastWriteTimeUtc(path, change == Change.RewrittenWithTheOldTime ? time : time.AddSeconds(5));
    }

    /// <summary>
    /// Sends a file through a proxy that takes more than it passes on and breaks, as any buffering one may. Before the client's next
    /// connection something happens to the file.
    /// </summary>
    private async Task<(Task<BeamReceipt> Sending, Task<BeamReceivedFile> Receiving, MemoryStream Destination)> SendThroughACutAsync(
        string file,
        Action meddle)
    {
        var server = await StartServerAsync();
        var proxy = OwnAsync(new FaultProxy(server.Port)
        {
            Plan = number =>
            {
                if (number == 1)
                {
                    meddle();
                }

                return number == 0 ? new ConnectionFault(CutAfterSent: 15_000_000, LoseAfterSent: 9_000_000) : default;
            },
        });
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var destination = new MemoryStream();
        var receiving = beam.ReceiveAsync(link, destination).Soon();
        var through = proxy.Through(server.BaseAddress);
        return (NewClient(through).SendAsync(link.At(through), file).Soon(), receiving, destination);
    }

    private async Task<(Task<BeamReceipt> Sending, Task<BeamReceivedFile> Receiving)> SendMeddledAsync(Change change)
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var path = NewFolder().Write("a", TestBytes.Create(1, Length));
        var file = OwnAsync(new MeddledFile(path, Length / 2, () => Apply(path, change)));
        var link = (await beam.MintAsync()).Link.WithName("a");
        var receiving = beam.ReceiveAsync(link, new MemoryStream()).Soon();
        return (beam.SendAsync(link, file).Soon(), receiving);
    }
}
