using System.Diagnostics;
using Beam.Buffering;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Core.Tests.Transfers;

/// <summary>Whatever throws while a file is delivered, the receiver's memory goes back, and nothing counts as sent.</summary>
[Trait("Rule", "P1")]
[Trait("Rule", "P3")]
[Trait("Rule", "P5")]
public sealed class ThrowingTests : IDisposable
{
    private const int Length = 400_000;

    private readonly TestRelay _test;
    private LeasedBuffers? _buffers;

    public ThrowingTests()
    {
        _test = new TestRelay(
            static options =>
            {
                options.WindowBytes = 2 * Length;
                options.ReadAheadBytes = 2 * Length;
            },
            services => services.AddSingleton<IChunkBufferFactory>(provider => _buffers = new LeasedBuffers(
                ActivatorUtilities.CreateInstance<DefaultChunkBufferFactory>(provider))));
    }

    public void Dispose() => _test.Dispose();

    public static TheoryData<int, string, bool> Writes
    {
        get
        {
            // In the first write, in the middle, and in the last.
            var writes = new TheoryData<int, string, bool>();
            foreach (var offset in new[] { 1, Length / 2, Length })
            {
                foreach (var kind in new[] { "io", "cancelled", "other" })
                {
                    writes.Add(offset, kind, false);
                    writes.Add(offset, kind, true);
                }
            }

            return writes;
        }
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Write_ThatThrows_LosesTheReceiver(int offset, string kind, bool isLate)
    {
        Exception exception = kind switch
        {
            "io" => new IOException("A misdeed."),
            "cancelled" => new OperationCanceledException(),
            _ => new InvalidOperationException("A misdeed."),
        };
        await using (var sender = await SendAllAsync())
        {
            await using (var receiver = _test.Relay.JoinAsReceiver(_test.Token, "file").Lease!)
            {
                Assert.Equal(TransferError.None, await receiver.WaitForStartAsync().AsTask().Soon());
                var receiving = receiver.ReceiveAsync(new ThrowingWriter(offset, exception, isLate)).AsTask();
                if (kind == "other")
                {
                    Assert.Same(exception, await Assert.ThrowsAsync<InvalidOperationException>(() => receiving.Soon()));
                }
                else
                {
                    Assert.Equal(TransferError.ReceiverLost, await receiving.Soon());
                }

                Assert.True(receiver.BytesSent < Length);
            }

            Assert.Equal(TransferError.ReceiverLost, (await sender.Outcome.Soon()).Error);
        }

        Assert.Equal(0, _buffers!.Out);
        _test.AssertNothingIsLeft();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Read_ThatThrows_LosesTheReceiver(int read)
    {
        await using (var sender = await SendAllAsync())
        {
            _buffers!.FailingRead = read;
            await using (var receiver = _test.Relay.JoinAsReceiver(_test.Token, "file").Lease!)
            {
                await Assert.ThrowsAsync<InvalidOperationException>(async () =>
                {
                    await receiver.WaitForStartAsync();
                    await receiver.ReceiveAsync(new ThrowingWriter(int.MaxValue, new IOException(), isLate: false));
                });
            }

            Assert.Equal(TransferError.ReceiverLost, (await sender.Outcome.Soon()).Error);
        }

        Assert.Equal(0, _buffers.Out);
        _test.AssertNothingIsLeft();
    }

    [Fact]
    public async Task Listener_ThatThrows_LosesTheReceiver()
    {
        await using (var sender = await SendAllAsync())
        {
            await using (var receiver = _test.Relay.JoinAsReceiver(_test.Token, "file").Lease!)
            {
                await receiver.WaitForStartAsync();

                // Other tests have activities at the same time, which are not of this trace.
                using var own = new Activity("test").Start();
                var trace = own.TraceId;
                using var listener = new ActivityListener
                {
                    ShouldListenTo = static source => source.Name == "Beam",
                    Sample = (ref ActivityCreationOptions<ActivityContext> options)
                        => options.Parent.TraceId == trace ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
                    ActivityStarted = activity =>
                    {
                        if (activity.TraceId == trace)
                        {
                            throw new InvalidOperationException("A misdeed of a listener.");
                        }
                    },
                };
                ActivitySource.AddActivityListener(listener);

                await Assert.ThrowsAsync<InvalidOperationException>(
                    () => receiver.ReceiveAsync(new ThrowingWriter(int.MaxValue, new IOException(), isLate: false)).AsTask());
            }
        }

        Assert.Equal(0, _buffers!.Out);
        _test.AssertNothingIsLeft();
    }

    private async Task<TestSender> SendAllAsync()
    {
        var sender = _test.Send(length: Length);
        await sender.WriteAsync(0, Length);
        await sender.CompleteAsync();
        await Eventually.TrueAsync(() => _test.Token.Channel.FindStatus("file")?.Transfer.Held.To == Length, "all bytes came");
        return sender;
    }
}
