using System.Globalization;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>
/// Whatever the order in which both sides break off and come back, the receiver gets the sender's bytes.
/// BEAM_RESUME_FILES says how many files.
/// </summary>
[Trait("Rule", "P22")]
[Trait("Rule", "P23")]
public sealed class ComingBackTests : IDisposable
{
    private static readonly int Files = int.Parse(
        Environment.GetEnvironmentVariable("BEAM_RESUME_FILES") ?? "200",
        CultureInfo.InvariantCulture);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task File_Arrives_WhoeverBreaksOffAndComesBack(bool spills)
    {
        using var test = new TestRelay(options =>
        {
            options.ResumeTimeout = TimeSpan.FromMinutes(2);
            options.WindowBytes = 64 * 1024;
            options.RewindBytes = 1024 * 1024;
            options.SpillDirectory = spills ? _folder["spill"] : null;
        });
        for (var seed = 0; seed < Files; seed++)
        {
            await new Run(test, seed).PlayAsync().Soon();
        }

        test.AssertNothingIsLeft();
        Assert.Empty(_folder.Files());
    }

    private sealed class Run(TestRelay test, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly string _name = $"file-{seed}";
        private TestSender? _sender;
        private TestReceiver? _receiver;
        private long _written;
        private long _got;
        private bool _isSent;

        private int Length { get; } = new Random(seed).Next(1, 400_000);

        public async Task PlayAsync()
        {
            var isLengthKnown = _random.Next(2) == 0;
            _sender = test.Send(_name, isLengthKnown ? Length : null);
            while (_got < Length)
            {
                // Most steps complete at once; the pumps need a turn too.
                await Task.Yield();
                switch (_random.Next(7))
                {
                    case 0 or 1 or 2:
                        await WriteSomeAsync();
                        break;
                    case 3 or 4:
                        await TakeSomeAsync();
                        break;
                    case 5 when !_isSent && _sender is not null:
                        await _sender.AbortAsync();
                        await _sender.Result.Soon();
                        await _sender.DisposeAsync();
                        _sender = null;
                        break;
                    case 6 when _receiver is not null && (_got > 0 || !isLengthKnown):
                        await LeaveAsync();
                        break;
                    default:
                        break;
                }
            }

            await WriteSomeAsync();
            await FinishAsync();
        }

        private async Task WriteSomeAsync()
        {
            if (_isSent)
            {
                return;
            }

            if (_sender is null)
            {
                _written = test.Token.Channel.FindStatus(_name)!.Transfer.Held.To;
                _sender = await test.ResumeAsync(_written, _name);
            }

            var count = (int)Math.Min(_random.Next(100_000), Length - _written);
            await _sender.WriteAsync(_written, count);
            _written += count;
            if (_written == Length)
            {
                await _sender.CompleteAsync();
                _isSent = true;
            }
        }

        private async Task TakeSomeAsync()
        {
            if (_written > _got || _isSent)
            {
                _receiver ??= test.Receive(_name, new ReceiveTerms { From = _got > 0 ? _got : null });
            }

            // What a sender has written may have died with it.
            if (_receiver is not null && test.Token.Channel.FindStatus(_name)!.Transfer.Held.To > _got)
            {
                _got += await _receiver.TakeSomeAsync(_got);
            }
        }

        private async Task LeaveAsync()
        {
            await _receiver!.DisposeAsync();
            _receiver = null;
        }

        private async Task FinishAsync()
        {
            _receiver ??= test.Receive(_name, new ReceiveTerms { From = _got });
            if (await _receiver.Started.Soon() == TransferError.None && !_receiver.Lease.HasEverything)
            {
                Assert.Equal(0, await _receiver.TakeAllAsync(_got));
                Assert.Equal(TransferError.None, await _receiver.Received.Soon());
            }

            _receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
            Assert.True((await _sender!.Outcome.Soon()).IsSuccess);
            await _sender.DisposeAsync();
            await _receiver.DisposeAsync();
        }
    }
}
