using System.Collections.Concurrent;
using System.Security.Cryptography;
using Beam.Client.Tests.Progress;
using Beam.Client.Tests.Sending;
using Beam.Client.Tests.Servers;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Beam.Client.Tests.Transfers;

/// <summary>Connections that break, at either side.</summary>
[Trait("Rule", "P22")]
[Trait("Rule", "P23")]
public sealed class ResumeTests : ClientTests
{
    private const int Length = 6_000_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sender_GoesOn_AfterEachCut(bool isSeekable)
    {
        var server = await StartServerAsync();
        var proxy = OwnAsync(new FaultProxy(server.Port)
        {
            Plan = number => number < 4 ? new ConnectionFault(CutAfterSent: 1_000_000) : default,
        });
        var beam = NewClient(server.BaseAddress);
        var cut = NewClient(proxy.Through(server.BaseAddress));
        var link = (await beam.MintAsync()).Link.WithName("a");

        var sending = cut.SendAsync(link.At(proxy.Through(server.BaseAddress)), new PatternStream(1, Length, isSeekable));
        var destination = new VerifyingStream(1);
        var received = await beam.ReceiveAsync(link, destination).Soon();
        var receipt = await sending.Soon();

        Assert.Equal(Length, destination.Verified);
        Assert.Equal((BeamOutcome.Confirmed, true, Length), (receipt.Outcome, receipt.IsVerified, receipt.Bytes));
        Assert.True(received.IsVerified && received.IsConfirmed);
        Assert.True(proxy.Connections > 4);
    }

    [Fact]
    public async Task Receiver_GoesOn_AfterEachCut()
    {
        var server = await StartServerAsync();
        var proxy = OwnAsync(new FaultProxy(server.Port)
        {
            Plan = number => number < 4 ? new ConnectionFault(CutAfterReceived: 1_000_000) : default,
        });
        var beam = NewClient(server.BaseAddress);
        var cut = NewClient(proxy.Through(server.BaseAddress));
        var folder = NewFolder();
        var link = (await beam.MintAsync()).Link.WithName("a");

        var sending = beam.SendAsync(link, new PatternStream(2, Length));
        var received = await cut.ReceiveAsync(link.At(proxy.Through(server.BaseAddress)), folder["a"]).Soon();
        var receipt = await sending.Soon();

        Assert.Equal(-1, TestBytes.FindMismatch(2, 0, await File.ReadAllBytesAsync(folder["a"])));
        Assert.Equal((Length, true, true), (received.Bytes, received.IsVerified, received.IsConfirmed));
        Assert.Equal((BeamOutcome.Confirmed, true), (receipt.Outcome, receipt.IsVerified));
        Assert.Equal(["a"], folder.Files());
    }

    [Fact]
    public async Task BothSides_GoOn_WhateverBreaksWhere()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 12; round++)
        {
            await using var server = await TestServer.StartAsync(new TestServerSetup { Prefix = Prefix });
            await using var up = new FaultProxy(server.Port) { Plan = Cuts(random, random.Next(6)) };
            await using var down = new FaultProxy(server.Port) { Plan = Cuts(random, random.Next(6)) };
            using var beam = new BeamClient(server.BaseAddress, Quick());
            using var sender = new BeamClient(up.Through(server.BaseAddress), Quick());
            using var receiver = new BeamClient(down.Through(server.BaseAddress), Quick());
            var link = (await beam.MintAsync()).Link.WithName("a");
            var length = random.Next(3_000_000);
            var options = new BeamSendOptions { MaxPieceBytes = random.Next(3) == 0 ? random.Next(100_000, 1_000_000) : null };

            var content = new PatternStream(round, length, seekable: random.Next(2) == 0);
            var sending = sender.SendAsync(link.At(up.Through(server.BaseAddress)), content, options);
            var destination = new MemoryStream();
            var received = await receiver.ReceiveAsync(link.At(down.Through(server.BaseAddress)), destination).Soon();
            var receipt = await sending.Soon();

            Assert.Equal((length, length, length), (destination.Length, received.Bytes, receipt.Bytes));
            Assert.Equal(-1, TestBytes.FindMismatch(round, 0, destination.ToArray()));
            Assert.Equal((true, true, BeamOutcome.Confirmed), (receipt.IsVerified, received.IsVerified, receipt.Outcome));
        }
    }

    [Fact]
    public async Task Sender_HearsTheOutcome_WhenOnlyTheAnswerWasLost()
    {
        var server = await StartServerAsync();
        var proxy = OwnAsync(new FaultProxy(server.Port));
        var beam = NewClient(server.BaseAddress);
        var cut = NewClient(proxy.Through(server.BaseAddress));
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = cut.SendAsync(link.At(proxy.Through(server.BaseAddress)), new PatternStream(3, 30_000));
        await Eventually.TrueAsync(
            () => server.Relay.GetSnapshot().Transfers.Any(transfer => transfer.BytesReceived == 30_000),
            "the server has all bytes");

        // The connection breaks, and before the sender can come back the file is delivered.
        proxy.IsRefusing = true;
        proxy.CutAll();
        await beam.ReceiveAsync(link, new VerifyingStream(3)).Soon();
        await Eventually.TrueAsync(
            () => server.Relay.TransferCount == 0 || proxy.Connections > 3,
            "it is over, or the sender has tried to come back");
        proxy.IsRefusing = false;

        var receipt = await sending.Soon();
        Assert.Equal((BeamOutcome.Confirmed, true, 30_000), (receipt.Outcome, receipt.IsVerified, receipt.Bytes));
    }

    [Fact]
    public async Task Sender_DoesNotTakeAnEarlierOutcomeForItsOwn()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        await Task.WhenAll(beam.SendAsync(link, new PatternStream(4, 1000)), beam.ReceiveAsync(link, new VerifyingStream(4))).Soon();

        // The same bytes again. The request with them is cut before any of them has come: the server then tells of the first time.
        var proxy = OwnAsync(new FaultProxy(server.Port)
        {
            Plan = number => number == 0 ? new ConnectionFault(CutAfterSent: 900) : default,
        });
        var cut = NewClient(proxy.Through(server.BaseAddress));
        var again = cut.SendAsync(link.At(proxy.Through(server.BaseAddress)), new PatternStream(4, 1000));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        Assert.False(again.IsCompleted);

        await beam.ReceiveAsync(link, new VerifyingStream(4)).Soon();
        Assert.Equal(BeamOutcome.Confirmed, (await again.Soon()).Outcome);
    }

    [Fact]
    public async Task Sender_GoesOnInASecondRun_WhereTheFirstBrokeOff()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var destination = new VerifyingStream(5);
        var receiving = beam.ReceiveAsync(link, destination);
        using (var stop = new CancellationTokenSource())
        {
            var first = beam.SendAsync(link, new StallingStream(5, Length, stallAt: 2_000_000), cancellationToken: stop.Token);
            await Eventually.TrueAsync(() => destination.Verified == 2_000_000, "the receiver has what the first run has sent");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
        }

        await server.WaitForAsync(TransferState.SenderAway);
        var handed = new List<long>();
        var receipt = await beam.SendAsync(
            link, new PatternStream(5, Length), new BeamSendOptions { Resume = true, Progress = new Handed(handed) }).Soon();

        Assert.Equal((BeamOutcome.Confirmed, true, Length), (receipt.Outcome, receipt.IsVerified, receipt.Bytes));
        Assert.Equal(Length, (await receiving.Soon()).Bytes);
        Assert.Equal(Length, destination.Verified);
        Assert.All(handed.Where(bytes => bytes > 0), bytes => Assert.True(bytes > 2_000_000));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SecondRun_Fails_WhenItIsAnotherFile(bool isSeekable)
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var destination = new MemoryStream();
        var receiving = beam.ReceiveAsync(link, destination);
        using (var stop = new CancellationTokenSource())
        {
            var first = beam.SendAsync(link, new StallingStream(6, Length, stallAt: 100_000), cancellationToken: stop.Token);
            await server.WaitForAsync(TransferState.Streaming);
            await Eventually.TrueAsync(
                () => server.Relay.GetSnapshot().Transfers.Any(transfer => transfer.BytesSent == 100_000),
                "some bytes have moved");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
        }

        await server.WaitForAsync(TransferState.SenderAway);
        var sent = await Assert.ThrowsAsync<BeamException>(
            () => beam.SendAsync(
                link, new PatternStream(7, Length, isSeekable), new BeamSendOptions { Resume = true, Length = Length }).Soon());

        Assert.Equal(BeamError.DigestMismatch, sent.Error);
        var received = await Assert.ThrowsAsync<BeamException>(() => receiving.Soon());
        Assert.Equal(BeamError.DigestMismatch, received.Error);
        Assert.InRange(destination.Length, 0, Length - 1);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [Trait("Rule", "P37")]
    public async Task Sender_SaysTheDigestWithTheEnd_AfterACut(bool isSeekable, bool isLengthKnown)
    {
        var ends = new ConcurrentQueue<(string Digest, long? Bytes)>();
        var server = await StartServerAsync(configureApp: app => app.Use((HttpContext context, RequestDelegate next) =>
        {
            if (context.Request.Headers["Upload-Complete"] == "?1")
            {
                ends.Enqueue((context.Request.Headers["Repr-Digest"].ToString(), context.Request.ContentLength));
            }

            return next(context);
        }));
        var proxy = OwnAsync(new FaultProxy(server.Port)
        {
            Plan = static number => number == 0 ? new ConnectionFault(CutAfterSent: 1_000_000) : default,
        });
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = NewClient(proxy.Through(server.BaseAddress)).SendAsync(
            link.At(proxy.Through(server.BaseAddress)),
            new PatternStream(1, Length, isSeekable),
            new BeamSendOptions { Length = isLengthKnown ? Length : null });
        var received = await beam.ReceiveAsync(link, new VerifyingStream(1)).Soon();
        var receipt = await sending.Soon();

        Assert.Equal((true, receipt.Sha256), (receipt.IsVerified, received.Sha256));
        var digest = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(TestBytes.Create(1, Length)))}:";
        Assert.Equal([(digest, isLengthKnown ? 1 : 0)], ends);
    }

    [Fact]
    public async Task SecondRun_TakesThePlaceOfTheFirst_WhichTheServerBelievesAlive()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var destination = new VerifyingStream(5);
        var receiving = beam.ReceiveAsync(link, destination);
        using var stop = new CancellationTokenSource();
        var first = beam.SendAsync(link, new StallingStream(5, Length, stallAt: 2_000_000), cancellationToken: stop.Token);
        await Eventually.TrueAsync(() => destination.Verified == 2_000_000, "the receiver has what the first run has sent");

        var receipt = await beam.SendAsync(link, new PatternStream(5, Length), new BeamSendOptions { Resume = true }).Soon();

        Assert.Equal((BeamOutcome.Confirmed, true, Length), (receipt.Outcome, receipt.IsVerified, receipt.Bytes));
        Assert.Equal(Length, (await receiving.Soon()).Bytes);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
    }

    [Fact]
    public async Task SecondRun_HearsOfACancel_WhileItHasNothingToSend()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var watchful = NewClient(server.BaseAddress, options => options.IdleTimeout = TimeSpan.FromMilliseconds(200));
        var link = (await beam.MintAsync()).Link.WithName("a");
        var receiving = Assert.ThrowsAsync<BeamException>(() => beam.ReceiveAsync(link, new VerifyingStream(5)).Soon());
        using (var stop = new CancellationTokenSource())
        {
            var first = beam.SendAsync(link, new StallingStream(5, Length, stallAt: 100_000), cancellationToken: stop.Token);
            await Eventually.TrueAsync(
                () => server.Relay.GetSnapshot().Transfers.Any(transfer => transfer.BytesSent == 100_000),
                "some bytes have moved");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
        }

        await server.WaitForAsync(TransferState.SenderAway);
        var second = watchful.SendAsync(
            link, new GatedStream(5, Length, gateAt: 200_000), new BeamSendOptions { Resume = true, Length = Length });
        await Eventually.TrueAsync(
            () => server.Relay.GetSnapshot().Transfers.Any(transfer => transfer.BytesSent == 200_000),
            "the second run has gone on");

        await beam.CancelAsync(link);

        Assert.Equal(BeamError.Cancelled, (await Assert.ThrowsAsync<BeamException>(() => second.Soon())).Error);
        Assert.Equal(BeamError.Cancelled, (await receiving).Error);
    }

    [Fact]
    public async Task SecondRun_BeginsAnew_WhenNothingCanShowThatItIsTheSameFile()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        using (var plain = new HttpClient())
        using (var stop = new CancellationTokenSource())
        {
            // Another program, which has wanted no digest.
            var first = plain.PutAsync(link.Url, new StreamContent(new StallingStream(5, Length, stallAt: 100_000)), stop.Token);
            using var receiver = await plain.GetAsync(link.Url, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            await Eventually.TrueAsync(
                () => server.Relay.GetSnapshot().Transfers.Any(transfer => transfer.BytesSent > 0),
                "some bytes have moved");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
        }

        await Eventually.TrueAsync(
            () => server.Relay.GetSnapshot().Transfers.Any(
                static transfer => !transfer.IsSenderConnected && transfer.State == TransferState.ReceiverAway),
            "both are known to be away");
        var second = beam.SendAsync(link, new PatternStream(5, Length), new BeamSendOptions { Resume = true });
        var destination = new MemoryStream();
        await beam.ReceiveAsync(link, destination).Soon();

        var receipt = await second.Soon();
        Assert.Equal((BeamOutcome.Confirmed, true), (receipt.Outcome, receipt.IsVerified));
        Assert.Equal(-1, TestBytes.FindMismatch(5, 0, destination.ToArray()));
        Assert.Equal(Length, destination.Length);
    }

    [Fact]
    public async Task Sender_FailsAsNotReplayable_WhenWhatIsMissingIsNotKept()
    {
        var server = await StartServerAsync();
        var proxy = OwnAsync(new FaultProxy(server.Port)
        {
            Plan = static number => number == 0 ? new ConnectionFault(CutAfterSent: 2_000_000, LoseAfterSent: 50_000) : default,
        });
        var beam = NewClient(server.BaseAddress);
        var cut = NewClient(proxy.Through(server.BaseAddress));
        var link = (await beam.MintAsync()).Link.WithName("a");

        var exception = await Assert.ThrowsAsync<BeamException>(() => cut.SendAsync(
            link.At(proxy.Through(server.BaseAddress)),
            new PatternStream(8, 3_000_000, seekable: false),
            new BeamSendOptions { ReplayBytes = 100_000 }).Soon());

        Assert.Equal(BeamError.NotReplayable, exception.Error);
        Assert.Equal(BeamError.Cancelled, (await beam.GetStatusAsync(link))!.Error);
    }

    [Fact]
    public async Task Operations_FailAsBroken_WhenTheServerStaysAway()
    {
        var server = await StartServerAsync();
        var proxy = OwnAsync(new FaultProxy(server.Port) { IsRefusing = true });
        var cut = NewClient(proxy.Through(server.BaseAddress), options => options.GiveUpAfter = TimeSpan.FromSeconds(2));
        var link = new BeamLink(proxy.Through(server.BaseAddress), new string('a', 26), "a");

        var sent = await Assert.ThrowsAsync<BeamException>(() => cut.SendAsync(link, new PatternStream(9, 10)).Soon());
        var received = await Assert.ThrowsAsync<BeamException>(() => cut.ReceiveAsync(link, new MemoryStream()).Soon());

        Assert.Equal((BeamError.Broken, BeamError.Broken), (sent.Error, received.Error));
        Assert.True(proxy.Connections >= 2);
    }

    [Fact]
    [Trait("Rule", "P13")]
    public async Task Receiver_GoesOn_AfterARestartOfTheServer_WithAFileThatWasHandedIn()
    {
        var spill = NewFolder();
        var first = await TestServer.StartAsync(new TestServerSetup
        {
            Prefix = Prefix,
            Options = options => options.SpillDirectory = spill.Path,
            EndsEmpty = false,
        });
        var proxy = OwnAsync(new FaultProxy(first.Port));
        var url = proxy.Through(first.BaseAddress);
        var beam = NewClient(url);
        var link = (await beam.MintAsync()).Link.WithName("a");
        await beam.SendAsync(link, new PatternStream(9, Length), new BeamSendOptions { HandIn = true }).Soon();

        var number = proxy.Connections;
        proxy.Plan = connection =>
        {
            proxy.IsRefusing = connection > number;
            return new ConnectionFault(CutAfterReceived: 2_000_000);
        };
        var receiver = NewClient(url);
        var destination = new VerifyingStream(9);
        var receiving = receiver.ReceiveAsync(link, destination);
        await Eventually.TrueAsync(() => proxy.Connections > number + 1, "the receiver was cut in the middle and comes back");
        await first.StopAsync();
        await first.DisposeAsync();
        var second = await StartServerAsync(options => options.SpillDirectory = spill.Path);
        proxy.Plan = static _ => default;
        proxy.TargetPort = second.Port;
        proxy.IsRefusing = false;

        Assert.Equal((Length, true), ((await receiving.Soon()).Bytes, (await receiving).IsVerified));
        Assert.Equal(Length, destination.Verified);
    }

    private static Func<int, ConnectionFault> Cuts(Random random, int count)
    {
        ConnectionFault[] faults = [.. Enumerable.Range(0, count).Select(_ => new ConnectionFault(
            random.Next(2) == 0 ? random.Next(1_500_000) : null,
            random.Next(2) == 0 ? random.Next(1_500_000) : null))];
        return number => number < faults.Length ? faults[number] : default;
    }
}
