using System.Runtime.InteropServices;
using Beam.AspNetCore.Delivery;

namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>What is read out of the struct that a kernel has filled, as far as it has.</summary>
[Trait("Rule", "P2")]
public sealed class TcpInfoTests
{
    private const byte Established = 1;
    private const byte FinWait1 = 4;
    private const byte FinWait2 = 5;
    private const byte TimeWait = 6;
    private const byte Closed = 7;
    private const byte CloseWait = 8;
    private const byte LastAck = 9;
    private const byte Closing = 11;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(104)]
    [InlineData(127)]
    public void Acknowledged_IsUnknown_WhenTheStructIsShort(int length)
    {
        var info = Struct(Established, acknowledged: 1000)[..length];

        Assert.Equal(new TcpInfo(null, 0), TcpInfo.Parse(info));
    }

    [Fact]
    public void Counts_AreInTheOrderOfTheMachine()
    {
        var info = Struct(Established, acknowledged: 0x0102_0304_0506_0708, sent: long.MaxValue);
        MemoryMarshal.Write(info.AsSpan(228), 0x0A0B_0C0Du);

        Assert.Equal(new TcpInfo(0x0102_0304_0506_0708, 0x0A0B_0C0D) { IsDrained = true }, TcpInfo.Parse(info));
    }

    [Theory]
    [InlineData(0, 0, 232, true)]
    [InlineData(1, 0, 232, false)]
    [InlineData(0, 1, 232, false)]
    [InlineData(0, 0, 147, false)]
    public void Connection_IsDrained_WhenNothingIsLeftOrOnItsWay(uint unacknowledgedSegments, uint unsentBytes, int length, bool isDrained)
    {
        var info = Struct(Established, acknowledged: 1000);
        MemoryMarshal.Write(info.AsSpan(24), unacknowledgedSegments);
        MemoryMarshal.Write(info.AsSpan(144), unsentBytes);

        Assert.Equal(isDrained, TcpInfo.Parse(info.AsSpan(0, length)).IsDrained);
    }

    /// <summary>Of 1000 bytes all were acknowledged, and our end too where the state says so.</summary>
    [Theory]
    [InlineData(Established, 1000, 1000L)]
    [InlineData(CloseWait, 1000, 1000L)]
    [InlineData(FinWait1, 1000, 1000L)]
    [InlineData(Closing, 1000, 1000L)]
    [InlineData(LastAck, 1000, 1000L)]
    [InlineData(FinWait2, 1001, 1000L)]
    [InlineData(TimeWait, 1001, 1000L)]
    [InlineData(Closed, 1001, null)]
    [InlineData(Closed, 1000, null)]
    public void OurEnd_IsNoByte_WhenTheKernelDoesNotTellWhatWasSent(byte state, long acknowledged, long? expected)
        => Assert.Equal(expected, TcpInfo.Parse(Struct(state, acknowledged).AsSpan(0, 192)).AcknowledgedBytes);

    [Theory]
    [InlineData(FinWait2)]
    [InlineData(TimeWait)]
    [InlineData(Closed)]
    public void OurEnd_IsNoByte_WhenTheKernelTellsWhatWasSent(byte state)
        => Assert.Equal(1000, TcpInfo.Parse(Struct(state, acknowledged: 1001, sent: 1500, sentAgain: 500)).AcknowledgedBytes);

    private static byte[] Struct(byte state, long acknowledged, long sent = 0, long sentAgain = 0)
    {
        var info = new byte[TcpInfo.Size];
        info[0] = state;
        MemoryMarshal.Write(info.AsSpan(120), acknowledged);
        MemoryMarshal.Write(info.AsSpan(200), sent);
        MemoryMarshal.Write(info.AsSpan(208), sentAgain);
        return info;
    }
}
