namespace Beam.Client;

/// <summary>How an operation failed.</summary>
public enum BeamError
{
    /// <summary>The server answered with something that does not belong to the protocol.</summary>
    Unexpected,

    /// <summary>
    /// The connection broke, or a proxy did not pass the request on, and the operation could not be resumed within
    /// <see cref="BeamClientOptions.GiveUpAfter"/>.
    /// </summary>
    Broken,

    /// <summary>The token is unknown or expired, or there is no such transfer.</summary>
    NotFound,

    /// <summary>The server asks for an access key to mint a token, or for another key.</summary>
    Unauthorized,

    /// <summary>The token does not allow this.</summary>
    Forbidden,

    /// <summary>The server does not accept the request, such as an option that it does not support.</summary>
    BadRequest,

    /// <summary>Somebody is already sending under that name.</summary>
    NameInUse,

    /// <summary>Somebody is already receiving the file.</summary>
    AlreadyReceiving,

    /// <summary>Another connection has taken this one's seat.</summary>
    Superseded,

    /// <summary>The transfer is over: already delivered, or ended for a reason that is no longer known.</summary>
    Gone,

    /// <summary>The transfer was cancelled.</summary>
    Cancelled,

    /// <summary>The token was revoked, has expired, or has been used as often as it may be.</summary>
    TokenEnded,

    /// <summary>The file is larger than the server allows.</summary>
    TooLarge,

    /// <summary>The server no longer holds the bytes that would have to come next.</summary>
    RangeNotHeld,

    /// <summary>
    /// The server is full or shutting down, the channel has too many waiting transfers, or this side has used up its quota for now.
    /// <see cref="BeamException.RetryAfter"/> says when to try again.
    /// </summary>
    Busy,

    /// <summary>The server has no room for the file.</summary>
    NoRoom,

    /// <summary>No receiver came in time.</summary>
    NoReceiver,

    /// <summary>No sender came in time.</summary>
    NoSender,

    /// <summary>The receiver disconnected or stalled, and did not come back.</summary>
    ReceiverLost,

    /// <summary>The sender disconnected or stalled, and did not come back.</summary>
    SenderLost,

    /// <summary>The bytes that arrived differ from those that were sent.</summary>
    DigestMismatch,

    /// <summary>The content can be read only once, and the server needs bytes again that are no longer kept.</summary>
    NotReplayable,

    /// <summary>The content ended before its declared length.</summary>
    SourceTooShort,

    /// <summary>The content has changed while it was sent. The server was told that no more comes, and its receivers fail too.</summary>
    SourceChanged,

    /// <summary>Another transfer now has this name, and what was begun cannot begin anew.</summary>
    Replaced,

    /// <summary>The local disk has not enough free space for the file.</summary>
    NoLocalSpace,

    /// <summary>A local file of that name already exists.</summary>
    TargetExists,
}
