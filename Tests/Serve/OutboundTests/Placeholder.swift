import Outbound
import Testing
